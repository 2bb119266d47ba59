CREATE OR REPLACE VIEW unmapped
(
    source      LowCardinality(String) COMMENT 'website, call_centre, store, survey',
    format      LowCardinality(String) COMMENT 'wire format it was read from',
    name        LowCardinality(String) COMMENT 'the source''s own word for it: write a rule for this',
    events      UInt64 COMMENT 'number of events no rule matched',
    last_seen_at DateTime64(3, 'UTC') COMMENT 'time of the latest one',
    example     Map(LowCardinality(String), String) COMMENT 'fields of one of them, for writing the rule'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, format, name,
    count() AS events, max(occurred_at) AS last_seen_at, any(attributes) AS example
FROM unmapped_events
GROUP BY source, format, name
COMMENT 'Events that no rule of the mapping matched, by what they call themselves.'
