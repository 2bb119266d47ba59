-- Which identifiers make us think this is one customer? Whatever the time range.
SELECT kind, value, is_strong, is_shared, first_seen_at, last_seen_at
FROM identities
WHERE customer_id != ''
    AND customer_id = decodeURLComponent('${customer:percentencode}')
ORDER BY is_strong DESC, kind, value
LIMIT 200
