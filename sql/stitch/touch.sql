-- What an increment starts from: the identifiers of the batches not taken in yet.
INSERT INTO stitch_touched (run, identifier, is_start)
SELECT DISTINCT {run:UInt64}, arrayJoin(touched), 1
FROM batch_log
WHERE token NOT IN (SELECT token FROM stitched_log)
