-- Which changes were made? Their numbers, and what to call them; the latest comes first.
SELECT toString(fix) AS value, concat(toString(fix), ': ', touchpoint, ', ', what) AS text
FROM fixes
ORDER BY fix DESC
LIMIT 500
