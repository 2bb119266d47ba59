-- Open dead letters of the last day by reason, the most frequent first.
SELECT toString(reason) AS reason, count() AS letters
FROM dead_letters
WHERE state = 'open' AND received_at > now() - INTERVAL 1 DAY
GROUP BY reason
ORDER BY letters DESC, reason
