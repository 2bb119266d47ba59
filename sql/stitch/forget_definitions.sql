-- Journeys of definitions the mapping no longer has, and those of their earlier versions: a rebuild
-- has written every customer and account by the versions in force. What says that a journey is gone
-- stays, or what it hides would be seen again.
DELETE FROM journey_log WHERE NOT is_gone AND NOT has({versions:Array(String)}, version)
