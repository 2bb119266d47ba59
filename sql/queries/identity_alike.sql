-- Everything an identifier was seen together with; of what matters for a verdict only, so that
-- those alike are one row and a count.
--
-- numbers     identifiers that decisions name: each is a row of its own
-- customers   customers that are told apart; the others are 0
SELECT
    if(near.neighbour IN {numbers:Array(UInt64)}, near.neighbour, 0) AS number,
    seen.kind AS kind,
    toInt8(place.standing) AS standing,
    if(place.customer IN {customers:Array(UInt64)}, place.customer, 0) AS customer,
    if(place.component = {component:UInt64}, place.component, 0) AS component,
    place.hops AS hops,
    count() AS identifiers
FROM
(
    SELECT DISTINCT neighbour FROM link_log WHERE identifier = {identifier:UInt64}
) AS near
LEFT JOIN
(
    SELECT identifier, any(identifier_log.kind) AS kind
    FROM identifier_log
    WHERE identifier IN (SELECT neighbour FROM link_log WHERE identifier = {identifier:UInt64})
    GROUP BY identifier
) AS seen ON seen.identifier = near.neighbour
LEFT JOIN
(
    SELECT
        identifier,
        argMax(identity_log.customer, run) AS customer, argMax(identity_log.component, run) AS component,
        argMax(identity_log.hops, run) AS hops, argMax(identity_log.standing, run) AS standing
    FROM identity_log
    WHERE identifier IN (SELECT neighbour FROM link_log WHERE identifier = {identifier:UInt64})
    GROUP BY identifier
) AS place ON place.identifier = near.neighbour
GROUP BY number, kind, standing, customer, component, hops
ORDER BY identifiers DESC, number, kind, standing, customer, component, hops
