-- Which identifiers met so many persons that they belong to none? Whatever the time range.
SELECT kind, value AS identifier_value, standing, first_seen_at, last_seen_at
FROM identities
WHERE is_shared = 1
ORDER BY last_seen_at DESC, kind, identifier_value
LIMIT 100
