-- The events of a sample's customers.
INSERT INTO diff_event_log
SELECT * FROM event_log FINAL
WHERE identifier IN (SELECT identifier FROM diff_stitch_scope)
