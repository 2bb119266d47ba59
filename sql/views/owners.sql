CREATE OR REPLACE VIEW owners
(
    name  String COMMENT 'a touchpoint, or a stage',
    owner String COMMENT 'who answers for it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT said.1 AS name, said.2 AS owner
FROM (SELECT argMax(document, used_at) AS document FROM mapping_log)
ARRAY JOIN JSONExtractKeysAndValues(document, 'owners', 'String') AS said
COMMENT 'Who answers for what, by the mapping that was used last.'
