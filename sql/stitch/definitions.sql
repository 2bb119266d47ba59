-- The journey definitions that were used last, in their order.
SELECT definition, version
FROM definition_log FINAL
WHERE run = (SELECT max(run) FROM definition_log)
ORDER BY position
