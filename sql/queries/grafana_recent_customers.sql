-- Who was here last, on the channels and sources asked for? from_ms and to_ms are the ends of the
-- customer's history, for the link. Those shown are found by their journeys first: what all customers
-- come to would be counted for each of them.
WITH (SELECT argMin(definition, position) FROM definition_stages WHERE unit = 'customer') AS mine
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
WHERE $__timeFilter_ms(last_seen_at) AND customer_id IN
    (
        SELECT customer_id
        FROM journeys
        WHERE definition = mine AND started_at <= $__toTime_ms AND ended_at >= $__fromTime_ms AND ended_at <= $__toTime_ms
            AND customer_id NOT IN (SELECT customer_id FROM journeys WHERE definition = mine AND ended_at > $__toTime_ms)
            AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
            AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
        ORDER BY ended_at DESC, customer_id
        LIMIT 1 BY customer_id
        LIMIT 50
    )
ORDER BY last_seen_at DESC, customer_id
