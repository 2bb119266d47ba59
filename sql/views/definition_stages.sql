CREATE OR REPLACE VIEW definition_stages
(
    definition  LowCardinality(String) COMMENT 'journey definition',
    stage_no    UInt8 COMMENT 'place of the stage in the definition''s order, from 1',
    stage       LowCardinality(String) COMMENT 'the stage',
    is_optional UInt8 COMMENT '1 when a journey that leaves it out has not dropped off',
    is_required_later UInt8 COMMENT '1 when a later stage is not optional',
    position    UInt16 COMMENT 'place of the definition in the mapping, from 1',
    unit        LowCardinality(String) COMMENT 'customer or account: whose journeys they are',
    goals       Array(LowCardinality(String)) COMMENT 'touchpoints that mean a journey converted',
    lookback_s  Nullable(UInt64) COMMENT 'how long before a goal a step counts as having led there; NULL: always'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    definition,
    stage_no,
    stage,
    has(optional_stages, stage) AS is_optional,
    arrayExists(later -> NOT has(optional_stages, later), arraySlice(stages, stage_no + 1)) AS is_required_later,
    position,
    unit,
    goals,
    lookback_s
FROM definition_log FINAL
ARRAY JOIN arrayEnumerate(stages) AS stage_no, stages AS stage
WHERE run = (SELECT max(run) FROM definition_log)
COMMENT 'The stages of each journey definition in its own order.'
