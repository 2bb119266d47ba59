-- Which paths do journeys take most often, and do they lead anywhere?
SELECT
    path_text,
    count() AS journeys,
    uniqExact(customer_id) AS customers,
    countIf(is_converted = 1) / count() AS conversion,
    quantileExact(0.5)(duration_s) AS median_duration_s
FROM journeys
WHERE
    definition = decodeURLComponent('${definition:percentencode}')
    AND $__timeFilter_ms(started_at)
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
GROUP BY path_text
ORDER BY journeys DESC, path_text
LIMIT 20
