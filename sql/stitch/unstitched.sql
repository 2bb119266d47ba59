-- What no stitch has taken in yet: batches by their tokens, and decisions.
SELECT token FROM
(
    SELECT token FROM batch_log
    UNION DISTINCT
    SELECT concat('decision:', toString(decision)) FROM decision_log
)
WHERE token NOT IN (SELECT token FROM stitched_log)
