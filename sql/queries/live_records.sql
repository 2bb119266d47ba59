-- What came last? Events and dead letters, the latest first, without a word of what is in them.
SELECT received_at, source, format, name, touchpoint, channel, stage, drop_reason, reason
FROM
(
    SELECT
        received_at, source, format, name, touchpoint, channel, stage, drop_reason, '' AS reason
    FROM events
    ORDER BY received_at DESC
    LIMIT {limit:UInt32}
    UNION ALL
    SELECT
        received_at, source, format, '' AS name, '' AS touchpoint, '' AS channel, '' AS stage,
        '' AS drop_reason, reason
    FROM dead_letters
    ORDER BY received_at DESC
    LIMIT {limit:UInt32}
)
ORDER BY received_at DESC, source, name
LIMIT {limit:UInt32}
