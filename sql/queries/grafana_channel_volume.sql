-- How many touchpoints came by each channel, over time? Of known customers and of anonymous ones;
-- a touchpoint without any identifier is no step. The view touchpoints has those too, but has to
-- sort all events for it.
SELECT $__timeInterval_ms(occurred_at) AS time, channel, count() AS touchpoints
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND $__timeFilter_ms(occurred_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}'))), channel), $channel)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
GROUP BY time, channel
ORDER BY time, channel
