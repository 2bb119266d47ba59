CREATE OR REPLACE VIEW stage_funnel
(
    definition LowCardinality(String) COMMENT 'journey definition',
    stage_no   UInt8 COMMENT 'place of the stage in the order',
    stage      LowCardinality(String) COMMENT 'the stage',
    journeys   UInt64 COMMENT 'journeys that visited it = went_on + still_open + ended_here',
    customers  UInt64 COMMENT 'customers that visited it',
    went_on    UInt64 COMMENT 'journeys that reached a later stage afterwards',
    still_open UInt64 COMMENT 'journeys that have not, and are open: not yet',
    ended_here UInt64 COMMENT 'journeys that have not, and are over: the drop-off',
    went_on_share Float64 COMMENT 'went_on / (went_on + ended_here): open journeys are not counted; NaN when none is over'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH visits AS
(
    SELECT
        definition, customer_id, is_open, visited,
        arrayExists(later -> later > visited, arraySlice(stage_nos, indexOf(stage_nos, visited))) AS goes_on
    FROM journeys
    ARRAY JOIN arrayFilter(no -> no > 0, arrayDistinct(stage_nos)) AS visited
)
SELECT
    visits.definition AS definition,
    stages.position AS stage_no,
    stages.stage AS stage,
    count() AS journeys,
    uniqExact(visits.customer_id) AS customers,
    countIf(goes_on) AS went_on,
    countIf(NOT goes_on AND is_open = 1) AS still_open,
    countIf(NOT goes_on AND is_open = 0) AS ended_here,
    went_on / (went_on + ended_here) AS went_on_share
FROM visits
INNER JOIN stages ON stages.position = visits.visited
GROUP BY visits.definition, stages.position, stages.stage
COMMENT 'How far journeys come: for each stage who went on, who may still, and who dropped off.'
