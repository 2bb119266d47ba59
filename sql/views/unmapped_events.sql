CREATE OR REPLACE VIEW unmapped_events
(
    source      LowCardinality(String) COMMENT 'website, call_centre, store, survey',
    event_id    String COMMENT 'unique within its source',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    format      LowCardinality(String) COMMENT 'wire format it was read from',
    name        LowCardinality(String) COMMENT 'the source''s own word for it: write a rule for this',
    channel     LowCardinality(String) COMMENT 'where the contact took place',
    attributes  Map(LowCardinality(String), String) COMMENT 'its parsed fields'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
-- As in comments: only events of which some state is unmapped have to be looked at.
AS SELECT source, event_id, occurred_at, format, name, channel, attributes
FROM events
WHERE touchpoint = '' AND drop_reason = ''
    AND (source, event_id) IN (SELECT source, event_id FROM event_log WHERE touchpoint = '' AND drop_reason = '')
COMMENT 'Every event that no rule of the mapping matched.'
