CREATE OR REPLACE VIEW drops
(
    source      LowCardinality(String) COMMENT 'website, call_centre, store, survey, crm',
    format      LowCardinality(String) COMMENT 'wire format it was read from',
    drop_reason LowCardinality(String) COMMENT 'why it is no touchpoint',
    event_id    String COMMENT 'unique within its source',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it happened',
    name        LowCardinality(String) COMMENT 'the source''s own word for it',
    identifier  UInt64 COMMENT 'number of its first-ranked identifier; 0 when it has none',
    outcome     LowCardinality(String) COMMENT 'how it ended',
    value       Nullable(Decimal(18, 4)) COMMENT 'money, in `currency`',
    wait_s      Nullable(Float64) COMMENT 'seconds waited in a queue',
    duration_s  Nullable(Float64) COMMENT 'seconds from its beginning to its end',
    attributes  Map(LowCardinality(String), String) COMMENT 'the other parsed fields'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, format, drop_reason, event_id, occurred_at, name, identifier, outcome, value, wait_s,
    duration_s, attributes
FROM events
WHERE drop_reason != ''
COMMENT 'Events that are understood but are no touchpoint, each with its reason.'
