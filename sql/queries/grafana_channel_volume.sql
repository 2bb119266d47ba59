-- How many touchpoints came by each channel, over time?
SELECT $__timeInterval_ms(occurred_at) AS time, channel, count() AS touchpoints
FROM touchpoints
WHERE $__timeFilter_ms(occurred_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}'))), channel), $channel)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
GROUP BY time, channel
ORDER BY time, channel
