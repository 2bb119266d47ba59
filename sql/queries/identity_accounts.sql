-- The accounts an identifier was seen with.
SELECT concat(kind, ' ', value) AS account
FROM identifier_log
WHERE identifier IN (SELECT account FROM account_log WHERE identifier = {identifier:UInt64})
GROUP BY kind, value
ORDER BY account
LIMIT 20
