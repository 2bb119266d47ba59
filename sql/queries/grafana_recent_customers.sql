-- Who was here last? from_ms and to_ms are the ends of the customer's history, for the link.
SELECT
    customer_id,
    last_seen_at,
    is_known,
    journeys,
    steps,
    arrayStringConcat(channels, ', ') AS channels_used,
    value,
    emotion,
    toString(toUnixTimestamp64Milli(first_seen_at) - 3600000) AS from_ms,
    toString(toUnixTimestamp64Milli(last_seen_at) + 3600000) AS to_ms
FROM customers
WHERE $__timeFilter_ms(last_seen_at)
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
ORDER BY last_seen_at DESC, customer_id
LIMIT 50
