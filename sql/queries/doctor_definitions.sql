-- The journey definitions in force, and how many customers or accounts are behind them.
SELECT toString(definition) AS definition, toString(version) AS version, behind
FROM definitions
ORDER BY position
