-- Finds all events that stand under several identifiers.
INSERT INTO contested_log (event_key, run)
SELECT event_key, {run:UInt64}
FROM event_key_log
GROUP BY event_key
HAVING uniqExact(identifier) > 1
