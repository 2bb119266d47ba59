-- The views that are there, as the engine writes them, on one line.
SELECT name, formatQuerySingleLine(create_table_query) AS statement
FROM system.tables
WHERE database = currentDatabase() AND engine = 'View'
ORDER BY name
