-- How much later stitches than this run have taken in.
SELECT count() FROM stitched_log WHERE run > {run:UInt64}
