-- Why events are no touchpoints: dropped, unmapped and dead, by reason, most frequent first.
SELECT kind, source, reason, events
FROM
(
    SELECT 'dropped' AS kind, source, toString(drop_reason) AS reason, count() AS events
    FROM drops
    GROUP BY source, drop_reason
    UNION ALL
    SELECT 'unmapped', source, toString(name), events FROM unmapped
    UNION ALL
    SELECT 'dead letter', source, toString(dead_letters.reason), count()
    FROM dead_letters
    GROUP BY source, dead_letters.reason
)
ORDER BY kind, events DESC, source, reason
