CREATE OR REPLACE VIEW dead_letters
(
    topic       LowCardinality(String) COMMENT 'address it was last read at: topic, or file:NAME@digest',
    partition   Int32 COMMENT 'address it was last read at: partition',
    offset      Int64 COMMENT 'address it was last read at: offset',
    source      LowCardinality(String) COMMENT 'source it came from',
    format      LowCardinality(String) COMMENT 'format it was read as',
    reason      LowCardinality(String) COMMENT 'typed reason, see the README',
    detail      String COMMENT 'field and problem; never a value',
    size        UInt64 COMMENT 'length of the record in bytes',
    received_at DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at   DateTime64(3, 'UTC') COMMENT 'when it was written here',
    value       String COMMENT 'the record''s bytes as they came'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    topic, partition, offset, source, format, reason, detail, size, received_at, stored_at, value
FROM dead_letter_log FINAL
COMMENT 'Records that could not be understood, each content once, with its bytes and a typed reason.'
