-- How many persons an identifier meets, by how many links away from them its neighbours are.
--
-- barred   neighbours whose link does not count
SELECT hops, uniqExact(customer) AS persons
FROM
(
    SELECT
        argMax(identity_log.customer, run) AS customer, argMax(identity_log.hops, run) AS hops,
        argMax(identity_log.standing, run) AS standing
    FROM identity_log
    WHERE identifier IN (SELECT neighbour FROM link_log WHERE identifier = {identifier:UInt64})
        AND identifier NOT IN {barred:Array(UInt64)}
    GROUP BY identifier
)
WHERE standing IN ('person', 'linked')
GROUP BY hops
ORDER BY hops
