-- Whose an identifier was reported to be, from each stitch on that changed it.
SELECT customer, toInt8(standing) AS standing, hops, fromUnixTimestamp64Milli(toInt64(run), 'UTC') AS since
FROM identity_log
WHERE identifier = {identifier:UInt64}
ORDER BY run
