-- What no stitch has taken in yet: batches by their tokens, and decisions.
WITH
    -- Both times are by the warehouse's clock, and a stitch takes in all that is there: only what came
    -- in the day before the last one, or since, can be new. The ledger grows, this does not.
    (SELECT toInt64(toUnixTimestamp(least(max(stitched_at), now()))) - 86400 FROM stitched_log) AS since
SELECT DISTINCT token
FROM batch_log
WHERE toUnixTimestamp(arrived_at) >= since
    AND token NOT IN (SELECT token FROM stitched_log WHERE toUnixTimestamp(stitched_at) >= since)
UNION ALL
SELECT concat('decision:', toString(decision)) AS token
FROM decision_log
WHERE token NOT IN (SELECT token FROM stitched_log WHERE startsWith(token, 'decision:'))
