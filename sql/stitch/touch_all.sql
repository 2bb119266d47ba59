-- What a full rebuild starts from: every identifier ever seen.
INSERT INTO stitch_touched (run, identifier, is_start)
SELECT DISTINCT {run:UInt64}, identifier, 1
FROM identifier_log
