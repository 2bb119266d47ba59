-- How many identifiers of a component are in a crowd.
SELECT count() AS identifiers
FROM
(
    SELECT identifier
    FROM identity_log
    WHERE identifier IN (SELECT identifier FROM identity_log WHERE component = {component:UInt64})
    GROUP BY identifier
    HAVING argMax(component, run) = {component:UInt64} AND argMax(standing, run) = 'crowd'
)
