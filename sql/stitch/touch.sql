-- What an increment starts from: the identifiers of the batches not taken in yet, and those that
-- may lose an event to them.
INSERT INTO stitch_touched (run, identifier, is_start)
SELECT DISTINCT {run:UInt64}, identifier, 1
FROM
(
    SELECT arrayJoin(touched) AS identifier
    FROM batch_log
    WHERE token NOT IN (SELECT token FROM stitched_log)
    UNION ALL
    SELECT identifier
    FROM event_key_log
    WHERE identifier != 0
        AND event_key IN (SELECT event_key FROM contested_log WHERE run = {run:UInt64})
)
