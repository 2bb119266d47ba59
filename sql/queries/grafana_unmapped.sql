-- How many events of the time range does no rule of the mapping match?
SELECT count() AS events
FROM unmapped_events
WHERE $__timeFilter_ms(occurred_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}'))), channel), $channel)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
