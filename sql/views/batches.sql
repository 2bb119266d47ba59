CREATE OR REPLACE VIEW batches
(
    topic           LowCardinality(String) COMMENT 'topic; file:NAME@digest of a direct load, replay:TOPIC of what was read again',
    partition       Int32 COMMENT 'partition of the topic',
    first_offset    Int64 COMMENT 'offset of its first record',
    last_offset     Int64 COMMENT 'offset of its last record',
    records         UInt64 COMMENT 'records read = stored + dropped + dead_letters',
    stored          UInt64 COMMENT 'records that gave a touchpoint or an unmapped event',
    dropped         UInt64 COMMENT 'records that are no touchpoint, with a reason',
    dead_letters    UInt64 COMMENT 'records that could not be understood',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping in force',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written',
    source          LowCardinality(String) COMMENT 'source its records are of'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    topic, partition, first_offset, last_offset, records, stored, dropped, dead_letters,
    mapping_version, stored_at,
    -- Every topic ends in it, a file's and a replay's, too.
    arrayElement(splitByChar('.', toString(topic)), -1) AS source
FROM batch_log FINAL
COMMENT 'The ledger: every run of records taken off a topic, and what became of them.'
