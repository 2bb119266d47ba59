-- Which share of the journeys that began in the time range reached a goal? Open ones: not yet.
SELECT if(count() = 0, NULL, countIf(is_converted = 1) / count()) AS conversion
FROM journeys
WHERE
    definition = decodeURLComponent('${definition:percentencode}')
    AND $__timeFilter_ms(started_at)
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
