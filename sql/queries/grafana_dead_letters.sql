-- How many records of the time range could not be understood?
SELECT count() AS dead_letters
FROM dead_letters
WHERE $__timeFilter_ms(received_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
