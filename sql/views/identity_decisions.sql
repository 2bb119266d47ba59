CREATE OR REPLACE VIEW identity_decisions
(
    decision   UInt32 COMMENT 'its number',
    action     LowCardinality(String) COMMENT 'include, exclude, unmerge, undo',
    identifier String COMMENT 'the identifier it is about, kind:value; empty for undo',
    other      String COMMENT 'the other one, of include and exclude; else empty',
    undoes     UInt32 COMMENT 'the decision that an undo takes back; else 0',
    decided_by String COMMENT 'who decided',
    reason     String COMMENT 'why',
    decided_at DateTime64(3, 'UTC') COMMENT 'when',
    stands     UInt8 COMMENT '0 when it has been undone, or is an undo'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH names AS
(
    SELECT identifier, any(concat(kind, ':', value)) AS name
    FROM identifier_log
    WHERE identifier IN (SELECT arrayJoin([identifier, other]) FROM decision_log)
    GROUP BY identifier
)
SELECT
    decided.decision AS decision,
    decided.action AS action,
    one.name AS identifier,
    two.name AS other,
    decided.undoes AS undoes,
    decided.decided_by AS decided_by,
    decided.reason AS reason,
    decided.decided_at AS decided_at,
    decided.action != 'undo' AND decided.decision NOT IN (SELECT undoes FROM decision_log) AS stands
FROM decision_log AS decided
LEFT JOIN names AS one ON one.identifier = decided.identifier
LEFT JOIN names AS two ON two.identifier = decided.other
COMMENT 'What people decided about who is who, with who and why. Nothing is ever taken out.'
