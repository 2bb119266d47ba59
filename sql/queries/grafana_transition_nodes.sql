-- Which touchpoints are the ends of the most frequent transitions, and what becomes of journeys
-- that pass them? The first part is the same as in grafana_transition_edges.sql: every end of an
-- edge has to be a node. A repeat is a touchpoint that follows itself.
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
    ),
    ends AS (SELECT arrayJoin([from_touchpoint, to_touchpoint]) AS id FROM hops)
SELECT
    steps.touchpoint AS id,
    steps.touchpoint AS title,
    arrayElement(topK(1)(steps.stage), 1) AS subtitle,
    count() AS mainstat,
    countIf(steps.previous_touchpoint = steps.touchpoint) AS detail__repeats,
    uniqExactIf((customer_id, journey_no), taken.is_converted = 1) / uniqExact((customer_id, journey_no)) AS arc__converted,
    uniqExactIf((customer_id, journey_no), taken.is_converted = 0 AND taken.is_open = 1) / uniqExact((customer_id, journey_no)) AS arc__open,
    uniqExactIf((customer_id, journey_no), taken.is_converted = 0 AND taken.is_open = 0) / uniqExact((customer_id, journey_no)) AS arc__ended
FROM steps
INNER JOIN taken ON taken.customer_id = steps.customer_id AND taken.journey_no = steps.journey_no
WHERE steps.definition = {definition:String}
    AND steps.touchpoint IN (SELECT id FROM ends)
GROUP BY id
ORDER BY mainstat DESC, id
