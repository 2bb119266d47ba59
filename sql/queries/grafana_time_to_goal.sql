-- How long does it take from the first step to the first goal? Median over the converted journeys
-- that began in the time range.
SELECT
    if(count() = 0, NULL,
        quantileExact(0.5)(dateDiff('millisecond', started_at, assumeNotNull(converted_at)) / 1000)) AS seconds_to_goal
FROM journeys
WHERE is_converted = 1
    AND definition = decodeURLComponent('${definition:percentencode}')
    AND $__timeFilter_ms(started_at)
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
