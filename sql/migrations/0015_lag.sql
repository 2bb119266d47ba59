-- How many records of each partition were not yet stored, as the workers asked the broker: what has
-- not arrived, no other table can know.

CREATE TABLE IF NOT EXISTS lag_log
(
    source      LowCardinality(String) COMMENT 'source the topic is of',
    topic       LowCardinality(String) COMMENT 'topic',
    partition   Int32 COMMENT 'partition of the topic',
    measured_at DateTime64(3, 'UTC') COMMENT 'when the broker was asked',
    lag         UInt64 COMMENT 'records that were there and not yet stored'
)
-- Two workers that both own a partition, at a rebalance, measure it once.
ENGINE = ReplacingMergeTree
-- measured_at: the last minutes of few partitions are what is asked for.
ORDER BY (topic, partition, measured_at)
TTL toDateTime(measured_at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 1000;
