CREATE OR REPLACE VIEW arrivals
(
    source          LowCardinality(String) COMMENT 'website, call_centre, store, survey, crm',
    event_id        String COMMENT 'unique within its source',
    occurred_at     DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    received_at     DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here',
    touchpoint      LowCardinality(String) COMMENT 'the contact it stands for; empty when unmapped or dropped',
    drop_reason     LowCardinality(String) COMMENT 'why the event is no touchpoint; empty when it is one',
    revision        UInt64 COMMENT 'orders several states of one contact; the highest stands',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping that classified it',
    attributes      Map(LowCardinality(String), String) COMMENT 'the other parsed fields'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
-- Nothing is compared, so a time range costs what is in it.
AS SELECT
    source, event_id, occurred_at, received_at, stored_at, touchpoint, drop_reason, revision,
    mapping_version, attributes
FROM event_log
COMMENT 'Events as they were written: one that came twice, or in several states, may be there as often.'
