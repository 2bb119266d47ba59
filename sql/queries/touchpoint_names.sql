-- The touchpoints that any event stands for.
SELECT touchpoint
FROM event_log
WHERE touchpoint != ''
GROUP BY touchpoint
ORDER BY touchpoint
