-- Batches whose facts no stitch has taken in yet.
SELECT DISTINCT token FROM batch_log WHERE token NOT IN (SELECT token FROM stitched_log)
