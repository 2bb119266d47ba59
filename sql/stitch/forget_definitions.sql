-- Journeys of definitions the mapping no longer has, and those of their earlier versions: a rebuild
-- has written every customer and account by the versions in force.
DELETE FROM path_log WHERE NOT has({versions:Array(String)}, version)
