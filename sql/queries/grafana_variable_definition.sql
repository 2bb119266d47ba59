-- Which journey definitions are there? The first is the one the customers view uses.
SELECT DISTINCT definition FROM journeys ORDER BY definition
