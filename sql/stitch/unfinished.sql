-- Customers a stitch was writing when it was cut off, as far as their identifiers are at hand: the
-- history of who was who does not know them, yet they may have journeys.
SELECT DISTINCT customer_id
FROM stitch_scope
WHERE run > (SELECT max(run) FROM stitched_log)
    AND identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64})
