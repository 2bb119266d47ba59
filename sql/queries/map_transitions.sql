-- Journey map, where they go next: each time a journey left a stage for another one, which stage
-- that was and the touchpoint it came in by. Steps that stand in no stage are passed over.
SELECT
    nos[i] AS stage_no,
    nos[i + 1] AS to_stage_no,
    names[i + 1] AS to_touchpoint,
    count() AS times,
    uniqExact(customer_id) AS customers
FROM
(
    SELECT
        customer_id,
        arrayFilter(no -> no > 0, stage_nos) AS nos,
        arrayFilter((name, no) -> no > 0, path, stage_nos) AS names
    FROM journeys
    WHERE definition = {definition:String}
)
ARRAY JOIN arrayFilter(k -> nos[k] != nos[k + 1], range(1, length(nos))) AS i
GROUP BY stage_no, to_stage_no, to_touchpoint
ORDER BY stage_no, times DESC, to_stage_no, to_touchpoint
