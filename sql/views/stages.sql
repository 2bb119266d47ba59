CREATE OR REPLACE VIEW stages
(
    position UInt8 COMMENT 'place in the order, from 1',
    stage    LowCardinality(String) COMMENT 'name of the stage'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT position, any(stage_log.stage) AS stage
FROM stage_log
WHERE run = (SELECT max(run) FROM stage_log)
GROUP BY position
COMMENT 'The stages of the journey in the order of the mapping in force.'
