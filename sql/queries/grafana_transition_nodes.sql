-- Which touchpoints are the ends of the most frequent transitions, and what becomes of journeys
-- that pass them? The first part is the same as in grafana_transition_edges.sql: every end of an
-- edge has to be a node. A repeat is a touchpoint that follows itself.
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
    ),
    ends AS (SELECT arrayJoin([from_touchpoint, to_touchpoint]) AS id FROM hops)
SELECT
    touchpoint AS id,
    touchpoint AS title,
    arrayElement(topK(1)(stage), 1) AS subtitle,
    count() AS mainstat,
    countIf(nth > 1 AND before = touchpoint) AS detail__repeats,
    -- Of journeys: the first time in each stands for it.
    countIf(nth = 1 AND is_converted = 1) / countIf(nth = 1) AS arc__converted,
    countIf(nth = 1 AND is_converted = 0 AND is_open = 1) / countIf(nth = 1) AS arc__open,
    countIf(nth = 1 AND is_converted = 0 AND is_open = 0) / countIf(nth = 1) AS arc__ended
FROM taken
ARRAY JOIN
    path AS touchpoint, stages AS stage, arrayEnumerateUniq(path) AS nth,
    arrayPopBack(arrayPushFront(path, '')) AS before
WHERE touchpoint IN (SELECT id FROM ends)
GROUP BY id
ORDER BY mainstat DESC, id
