-- What became of the journeys that visited a stage: did they go on, are they still open, did they
-- end there? As in the view stage_funnel, for journeys that began in the time range.
{common}
SELECT
    stages.stage AS stage,
    outcomes.journeys AS journeys,
    outcomes.went_on AS went_on,
    outcomes.still_open AS still_open,
    outcomes.ended_here AS ended_here,
    if(went_on + ended_here = 0, NULL, went_on / (went_on + ended_here)) AS went_on_share
FROM
(
    SELECT stage_no, stage
    FROM definition_stages
    WHERE definition = {definition:String}
) AS stages
LEFT JOIN
(
    SELECT
        visited,
        count() AS journeys,
        countIf(goes_on) AS went_on,
        countIf(NOT goes_on AND is_open = 1) AS still_open,
        countIf(NOT goes_on AND is_open = 0) AS ended_here
    FROM
    (
        SELECT
            is_open,
            arrayJoin(arrayDistinct(stage_nos)) AS visited,
            arrayExists(later -> later > visited, arraySlice(stage_nos, indexOf(stage_nos, visited))) AS goes_on
        FROM taken
    )
    GROUP BY visited
) AS outcomes ON outcomes.visited = stages.stage_no
ORDER BY stages.stage_no
