-- How many journeys began in the time range?
SELECT count() AS journeys
FROM journeys
WHERE
    definition = decodeURLComponent('${definition:percentencode}')
    AND $__timeFilter_ms(started_at)
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
