CREATE OR REPLACE VIEW events
(
    source          LowCardinality(String) COMMENT 'website, call_centre, store, survey, crm',
    event_id        String COMMENT 'the producer''s id, or a hash of the source''s natural key',
    occurred_at     DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    format          LowCardinality(String) COMMENT 'wire format it was read from',
    name            LowCardinality(String) COMMENT 'the source''s own word for it',
    touchpoint      LowCardinality(String) COMMENT 'the contact it stands for; empty when unmapped or dropped',
    channel         LowCardinality(String) COMMENT 'where the contact took place',
    stage           LowCardinality(String) COMMENT 'stage of the journey; empty when the rule names none',
    drop_reason     LowCardinality(String) COMMENT 'why the event is no touchpoint; empty when it is one',
    identifier      UInt64 COMMENT 'number of its first-ranked identifier; 0 when it has none',
    identifiers     Array(UInt64) COMMENT 'numbers of all its identifiers',
    outcome         LowCardinality(String) COMMENT 'how it ended: answered, abandoned, sold, return, …',
    value           Nullable(Decimal(18, 4)) COMMENT 'money, in `currency`; negative when given back',
    currency        LowCardinality(String) COMMENT 'ISO 4217',
    duration_s      Nullable(Float64) COMMENT 'seconds from its beginning to its end',
    wait_s          Nullable(Float64) COMMENT 'seconds waited in a queue; NULL when it did not queue',
    metric          LowCardinality(String) COMMENT 'csat, nps or ces where a score was given',
    score           Nullable(Float64) COMMENT 'the answer on the metric''s own scale',
    emotion         Nullable(Float64) COMMENT 'the answer from -1 to +1; NULL when nothing is known',
    comment         String COMMENT 'the customer''s own words',
    attributes      Map(LowCardinality(String), String) COMMENT 'the other parsed fields',
    received_at     DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping that classified it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, event_id, occurred_at, format, name, touchpoint, channel, stage, drop_reason,
    identifier, identifiers, outcome, value, currency, duration_s, wait_s, metric, score, emotion,
    comment, attributes, received_at, stored_at, mapping_version
FROM event_log
-- The same choice as in stitch/paths.sql.
ORDER BY revision DESC, fingerprint, stored_at DESC
LIMIT 1 BY source, event_id
COMMENT 'Every event once, whatever became of it: touchpoints, unmapped and dropped ones.'
