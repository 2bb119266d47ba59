CREATE OR REPLACE VIEW stage_funnel
(
    definition LowCardinality(String) COMMENT 'journey definition',
    stage_no   UInt8 COMMENT 'place of the stage in the definition''s order',
    stage      LowCardinality(String) COMMENT 'the stage',
    is_optional UInt8 COMMENT '1 when a journey that leaves it out has not dropped off',
    journeys   UInt64 COMMENT 'journeys that visited it = went_on + still_open + ended_here',
    customers  UInt64 COMMENT 'customers, or accounts, that visited it',
    went_on    UInt64 COMMENT 'journeys that reached a later stage afterwards, optional or not',
    still_open UInt64 COMMENT 'journeys that have not, and are open: not yet',
    ended_here UInt64 COMMENT 'journeys that have not, and are over',
    dropped_off UInt64 COMMENT 'of those that ended here, the ones with a stage still before them that is not optional',
    went_on_share Float64 COMMENT 'went_on / (went_on + ended_here): open journeys are not counted; NaN when none is over'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH visits AS
(
    -- By its name: its number is that of the version the journey was cut by.
    SELECT
        definition, customer_id, is_open, visited.2 AS stage,
        arrayExists(later -> later > visited.1, arraySlice(stage_nos, indexOf(stage_nos, visited.1))) AS goes_on
    FROM journeys
    ARRAY JOIN arrayFilter(stage -> stage.1 > 0, arrayDistinct(arrayZip(stage_nos, stages))) AS visited
)
SELECT
    visits.definition AS definition,
    definition_stages.stage_no AS stage_no,
    visits.stage AS stage,
    definition_stages.is_optional AS is_optional,
    count() AS journeys,
    uniqExact(visits.customer_id) AS customers,
    countIf(goes_on) AS went_on,
    countIf(NOT goes_on AND is_open = 1) AS still_open,
    countIf(NOT goes_on AND is_open = 0) AS ended_here,
    countIf(NOT goes_on AND is_open = 0 AND is_required_later = 1) AS dropped_off,
    went_on / (went_on + ended_here) AS went_on_share
FROM visits
INNER JOIN definition_stages
    ON definition_stages.definition = visits.definition AND definition_stages.stage = visits.stage
GROUP BY visits.definition, definition_stages.stage_no, visits.stage, definition_stages.is_optional
COMMENT 'How far journeys come: for each stage who went on, who may still, and who dropped off.'
