-- The partitions of event_log, and how much is to be read.
SELECT toYear(occurred_at) AS year, count() AS stored
FROM event_log
GROUP BY year
ORDER BY year
