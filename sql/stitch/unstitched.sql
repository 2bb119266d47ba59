-- What no stitch has taken in yet: batches by their tokens, and decisions.
SELECT DISTINCT token
FROM new_batches
UNION ALL
SELECT concat('decision:', toString(decision)) AS token
FROM decision_log
WHERE token NOT IN (SELECT token FROM stitched_log WHERE startsWith(token, 'decision:'))
