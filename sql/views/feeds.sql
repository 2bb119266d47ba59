CREATE OR REPLACE VIEW feeds
(
    source           LowCardinality(String) COMMENT 'website, call_centre, store, survey, crm',
    events           UInt64 COMMENT 'events known',
    last_occurred_at DateTime64(3, 'UTC') COMMENT 'its watermark: the feed is complete no further than this',
    last_received_at DateTime64(3, 'UTC') COMMENT 'when the broker last had something',
    last_stored_at   DateTime64(3, 'UTC') COMMENT 'when something was last written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
-- Duplicates do not matter to a maximum; counting ids keeps the count honest. By their hash, at less
-- of the cost: of 128 bits, no two are ever met that are the same.
AS SELECT
    source,
    uniqExact(sipHash128(event_id)) AS events,
    max(occurred_at) AS last_occurred_at,
    max(received_at) AS last_received_at,
    max(stored_at) AS last_stored_at
FROM event_log
GROUP BY source
COMMENT 'How far each source''s feed has come.'
