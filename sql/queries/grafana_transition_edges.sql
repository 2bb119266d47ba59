-- Which touchpoint follows which, most often? The 60 most frequent ones; loops are shown on the
-- node. The first part is the same as in grafana_transition_nodes.sql.
{common}
    hops AS
    (
        SELECT
            previous_touchpoint AS from_touchpoint,
            touchpoint AS to_touchpoint,
            count() AS times,
            uniqExact(customer_id) AS customers,
            quantileExact(0.5)(assumeNotNull(seconds_since_previous)) AS median_seconds
        FROM steps
        WHERE definition = {definition:String}
            AND position > 1 AND previous_touchpoint != touchpoint
            AND (customer_id, journey_no) IN (SELECT customer_id, journey_no FROM taken)
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
