-- All decisions, with whether a stitch has taken them in.
SELECT
    decision,
    action,
    identifier,
    other,
    undoes,
    decided_by,
    reason,
    decided_at,
    CAST(concat('decision:', toString(decision)) IN (SELECT token FROM stitched_log), 'Bool') AS is_applied
FROM decision_log
ORDER BY decision
