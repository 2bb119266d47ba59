-- When did records that could not be understood come, and why could they not?
SELECT $__timeInterval_ms(received_at) AS time, reason, count() AS dead_letters
FROM dead_letters
WHERE $__timeFilter_ms(received_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
GROUP BY time, reason
ORDER BY time, reason
