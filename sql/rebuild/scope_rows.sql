-- How much of a run's scope is still there: it is cleared up after a day.
SELECT count() FROM stitch_scope WHERE run = {run:UInt64}
