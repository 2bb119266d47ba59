-- Journeys of definitions the mapping no longer has, and those of their earlier versions, are said to be
-- gone: a full stitch has written every customer and account by the versions in force. Said, not
-- deleted: a cluster's table takes rows only.
INSERT INTO journey_log (definition, customer_id, started_at, nth, run, is_gone, version)
SELECT definition, customer_id, started_at, nth, {run:UInt64}, 1, version
FROM journey_log FINAL
WHERE NOT has({versions:Array(String)}, version) AND run < {run:UInt64}
