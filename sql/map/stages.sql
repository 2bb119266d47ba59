-- Journey map, columns: every stage of the definition in its order with the journeys that visited
-- it, whether they went on, may still, or dropped off, how many reached a goal, and how soon they
-- went on. A stage nobody visited is there with zeros; its time is NULL.
{common}
{visits}
    came AS
    (
        SELECT
            stage,
            count() AS journeys,
            uniqExact(customer_id) AS customers,
            countIf(isNotNull(moved_at)) AS went_on,
            countIf(isNull(moved_at) AND is_open = 1) AS still_open,
            countIf(isNull(moved_at) AND is_open = 0) AS ended_here,
            countIf(is_converted = 1) AS converted,
            if(went_on = 0, NULL, quantileExactIf(0.5)(dateDiff('millisecond', since, assumeNotNull(moved_at)) / 1000, isNotNull(moved_at))) AS median_s
        FROM visits
        GROUP BY stage
    )
SELECT
    stages.stage AS stage,
    came.journeys AS journeys,
    came.customers AS customers,
    came.went_on AS went_on,
    came.still_open AS still_open,
    came.ended_here AS ended_here,
    if(stages.is_required_later = 1, came.ended_here, 0) AS dropped_off,
    came.converted AS converted,
    came.median_s AS median_s
FROM
(
    SELECT stage_no, toString(stage) AS stage, is_required_later
    FROM definition_stages
    WHERE definition = {definition:String}
) AS stages
LEFT JOIN came ON came.stage = stages.stage
ORDER BY stages.stage_no
