-- The link by which an identifier follows its person: to one that is a link nearer, the earliest.
--
-- barred   neighbours whose link does not count
SELECT
    neighbour,
    source,
    rule,
    toDateTime64(min(first_seen_at), 3, 'UTC') AS first_at,
    toDateTime64(max(last_seen_at), 3, 'UTC') AS last_at,
    min(evidence).1 AS event_at,
    min(evidence).2 AS event_id
FROM link_log
WHERE identifier = {identifier:UInt64} AND neighbour IN
(
    SELECT identifier
    FROM identity_log
    WHERE identifier IN (SELECT neighbour FROM link_log WHERE identifier = {identifier:UInt64})
        AND identifier NOT IN {barred:Array(UInt64)}
    GROUP BY identifier
    HAVING argMax(customer, run) = {customer:UInt64}
        AND argMax(hops, run) = {hops:UInt8}
        AND argMax(standing, run) IN ('person', 'linked')
)
GROUP BY neighbour, source, rule
ORDER BY first_at, neighbour, source, rule
LIMIT 1
