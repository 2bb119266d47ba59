-- Which touchpoint follows which, most often? The 60 most frequent ones; loops are shown on the
-- node. The first part is the same as in grafana_transition_nodes.sql.
{common}
    hops AS
    (
        SELECT
            from_touchpoint, to_touchpoint,
            count() AS times,
            uniqExact(customer) AS customers,
            quantileExact(0.5)(seconds) AS median_seconds
        FROM
        (
            SELECT customer, from_touchpoint, to_touchpoint, dateDiff('millisecond', since, until) / 1000 AS seconds
            FROM taken
            ARRAY JOIN arrayPopBack(path) AS from_touchpoint, arrayPopFront(path) AS to_touchpoint,
                arrayPopBack(taken.times) AS since, arrayPopFront(taken.times) AS until
            WHERE from_touchpoint != to_touchpoint
        )
        GROUP BY from_touchpoint, to_touchpoint
        ORDER BY times DESC, from_touchpoint, to_touchpoint
        LIMIT 60
    )
SELECT
    concat(from_touchpoint, ' > ', to_touchpoint) AS id,
    from_touchpoint AS source,
    to_touchpoint AS target,
    times AS mainstat,
    median_seconds AS secondarystat,
    customers AS detail__customers,
    1 + 7 * times / max(times) OVER () AS thickness
FROM hops
ORDER BY times DESC, id
