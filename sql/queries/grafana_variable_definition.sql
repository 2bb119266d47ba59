-- Which journey definitions are there? The first is the one the customers view uses.
SELECT definition
FROM (SELECT DISTINCT definition, unit, position FROM definition_stages)
ORDER BY unit = 'customer' DESC, position
