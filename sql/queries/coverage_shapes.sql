-- The most frequent events that no rule matches.
SELECT source, format, name, events, last_seen_at
FROM unmapped
ORDER BY events DESC, source, format, name
LIMIT {shapes:UInt16}
