-- Journey map, columns: every stage of the definition in its order with the journeys that visited
-- it, and whether they went on, may still, or dropped off. A stage nobody visited is there with
-- zeros.
SELECT
    stages.stage_no AS stage_no,
    stages.stage AS stage,
    funnel.journeys AS journeys,
    funnel.customers AS customers,
    funnel.went_on AS went_on,
    funnel.still_open AS still_open,
    funnel.ended_here AS ended_here,
    funnel.dropped_off AS dropped_off
FROM
(
    SELECT stage_no, stage FROM definition_stages WHERE definition = {definition:String}
) AS stages
LEFT JOIN
(
    SELECT stage_no, journeys, customers, went_on, still_open, ended_here, dropped_off
    FROM stage_funnel
    WHERE definition = {definition:String}
) AS funnel ON funnel.stage_no = stages.stage_no
ORDER BY stage_no
