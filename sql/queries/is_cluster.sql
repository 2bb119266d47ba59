-- Which of these tables are spread over a cluster?
SELECT name
FROM system.tables
WHERE database = currentDatabase() AND engine = 'Distributed' AND has({tables:Array(String)}, name)
