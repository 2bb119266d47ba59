-- Journeys of definitions the mapping no longer has.
DELETE FROM path_log WHERE NOT has({definitions:Array(String)}, definition)
