-- A customer's identifiers at a time (ms since 1970), its persons' own first.
SELECT identifier, argMax(hops, run) AS hops, toInt8(argMax(standing, run)) AS standing
FROM identity_log
WHERE run <= {at:UInt64}
    AND identifier IN (SELECT identifier FROM identity_log WHERE customer = {customer:UInt64})
GROUP BY identifier
HAVING argMax(customer, run) = {customer:UInt64}
ORDER BY standing, hops, identifier
