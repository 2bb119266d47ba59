-- Which identifiers make us think this is one customer? Whatever the time range. The casts: some
-- of the view's columns are SimpleAggregateFunction, which Grafana would show as text.
SELECT
    kind, value AS identifier_value, toUInt8(is_strong) AS is_strong, is_shared,
    toDateTime64(first_seen_at, 3, 'UTC') AS first_seen_at,
    toDateTime64(last_seen_at, 3, 'UTC') AS last_seen_at
FROM identities
WHERE customer_id != ''
    AND customer_id = decodeURLComponent('${customer:percentencode}')
ORDER BY is_strong DESC, kind, identifier_value
LIMIT 200
