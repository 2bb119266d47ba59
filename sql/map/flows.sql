-- Journey map, what follows what: each time a journey went from one touchpoint to the next, repeats
-- included, by the stages that they stand in. Steps that stand in no stage are passed over, so all
-- times add up to the steps in stages less the journeys that have any.
{common}
    staged AS
    (
        SELECT
            arrayFilter((name, no) -> no > 0, path, stage_nos) AS names,
            arrayFilter((name, no) -> no > 0, stages, stage_nos) AS places
        FROM taken
    )
SELECT
    one_stage AS stage,
    one AS touchpoint,
    other_stage AS to_stage,
    other AS to_touchpoint,
    count() AS times
FROM staged
ARRAY JOIN
    arrayPopBack(names) AS one, arrayPopFront(names) AS other,
    arrayPopBack(places) AS one_stage, arrayPopFront(places) AS other_stage
GROUP BY one_stage, one, other_stage, other
ORDER BY times DESC, stage, touchpoint, to_stage, to_touchpoint
