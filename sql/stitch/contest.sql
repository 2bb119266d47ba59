-- Finds the events of new batches that stand under several identifiers: a contact record that came
-- again with the customer's number filled in, or one id used for two events.
INSERT INTO contested_log (event_key, run)
SELECT event_key, {run:UInt64}
FROM event_key_log
WHERE event_key IN
(
    SELECT arrayJoin(event_keys) FROM batch_log WHERE token NOT IN (SELECT token FROM stitched_log)
)
GROUP BY event_key
HAVING uniqExact(identifier) > 1
