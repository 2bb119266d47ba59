-- The decisions that stand.
SELECT decision, action, identifier, other
FROM decision_log
WHERE action != 'undo' AND decision NOT IN (SELECT undoes FROM decision_log)
ORDER BY decision
