CREATE OR REPLACE VIEW lags
(
    source      LowCardinality(String) COMMENT 'source the topic is of',
    topic       LowCardinality(String) COMMENT 'topic',
    partition   Int32 COMMENT 'partition of the topic',
    measured_at DateTime64(3, 'UTC') COMMENT 'when the broker was asked: about every 15 s, kept for 30 days',
    lag         UInt64 COMMENT 'records that were there and not yet stored'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT source, topic, partition, measured_at, lag
FROM lag_log FINAL
COMMENT 'How far the workers were behind the broker, partition by partition. Nothing is measured while none runs.'
