-- Dead letters can be sent again: with their key, and with a memory of how often that was done.

ALTER TABLE dead_letter_log ADD COLUMN IF NOT EXISTS key Nullable(String)
    COMMENT 'the record''s key as it came; NULL when it had none, or came before keys were kept';

CREATE TABLE IF NOT EXISTS replay_log
(
    source      LowCardinality(String) COMMENT 'of the dead letter, as are format and fingerprint',
    format      LowCardinality(String) COMMENT 'format it was read as',
    fingerprint UInt64 COMMENT 'hash of its bytes',
    run         String COMMENT 'the one run of the command that took it up',
    command     LowCardinality(String) COMMENT 'dlq replay: sent to its topic again; replay: read again where it lies, and understood',
    topic       LowCardinality(String) COMMENT 'address the dead letter had then: topic',
    partition   Int32 COMMENT 'address it had then: partition',
    offset      Int64 COMMENT 'address it had then: offset',
    is_done     UInt8 COMMENT '0: begun; 1: the broker confirmed the record, or its event is stored',
    replayed_at DateTime64(3, 'UTC') COMMENT 'when it was taken up'
)
-- A try is written when it begins and again when it is done.
ENGINE = ReplacingMergeTree(is_done)
-- The key of dead_letter_log, then run: the tries of one dead letter lie side by side.
ORDER BY (source, format, fingerprint, run)
SETTINGS non_replicated_deduplication_window = 10000;
