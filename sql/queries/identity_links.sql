-- The links of an identifier, the latest first.
SELECT
    neighbour,
    source,
    rule,
    toDateTime64(min(first_seen_at), 3, 'UTC') AS first_at,
    toDateTime64(max(last_seen_at), 3, 'UTC') AS last_at,
    min(evidence).1 AS event_at,
    min(evidence).2 AS event_id
FROM link_log
WHERE identifier = {identifier:UInt64}
GROUP BY neighbour, source, rule
ORDER BY last_at DESC, neighbour, source, rule
LIMIT {limit:UInt32}
