-- How many records were taken in within the last day.
SELECT sum(records) AS records
FROM batches
WHERE stored_at > now() - INTERVAL 1 DAY
