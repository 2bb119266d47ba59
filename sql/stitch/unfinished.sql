-- Customers a stitch was writing when it was cut off: the history of who was who does not know
-- them, yet they may have journeys.
SELECT DISTINCT identifier, customer
FROM stitch_scope
WHERE run > (SELECT max(run) FROM stitched_log)
    AND identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64})
