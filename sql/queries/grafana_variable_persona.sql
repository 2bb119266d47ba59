-- Which kinds of customers are there by the mapping's rules? Those whom no rule fits come last.
SELECT persona
FROM
(
    SELECT position, persona FROM personas
    UNION ALL
    SELECT 4294967295, 'none'
)
ORDER BY position
