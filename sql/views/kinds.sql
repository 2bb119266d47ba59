CREATE OR REPLACE VIEW kinds
(
    position  UInt8 COMMENT 'rank, from 1: an event belongs to its first-ranked identifier',
    kind      LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    is_strong UInt8 COMMENT '1 when the kind names one person'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT position, any(kind_log.kind) AS kind, any(kind_log.is_strong) AS is_strong
FROM kind_log
WHERE run = (SELECT max(run) FROM kind_log)
GROUP BY position
COMMENT 'The kinds of identifiers by rank, of the mapping in force.'
