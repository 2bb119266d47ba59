-- Whether there are journeys of other definitions, or of other versions, than these.
SELECT count() FROM (SELECT 1 FROM path_log WHERE NOT has({versions:Array(String)}, version) LIMIT 1)
