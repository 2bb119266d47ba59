-- Whether there are journeys of other definitions, or of other versions, than these.
SELECT count() FROM (SELECT 1 FROM journey_log WHERE NOT is_gone AND NOT has({versions:Array(String)}, version) LIMIT 1)
