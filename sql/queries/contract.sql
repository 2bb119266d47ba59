-- The analysts' contract as the engine knows it: every column of every view, with what it means.
SELECT
    views.name AS view, views.comment AS view_words,
    columns.name AS column, columns.type AS type, columns.comment AS words
FROM (SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine = 'View') AS views
INNER JOIN (SELECT table, name, type, comment, position FROM system.columns WHERE database = currentDatabase()) AS columns
    ON columns.table = views.name
ORDER BY view, columns.position
