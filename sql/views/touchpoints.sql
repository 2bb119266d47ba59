CREATE OR REPLACE VIEW touchpoints
(
    customer_id     String COMMENT 'the customer; empty when the event has no identifier, or is not stitched yet',
    source          LowCardinality(String) COMMENT 'website, call_centre, store, survey',
    event_id        String COMMENT 'unique within its source',
    occurred_at     DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    touchpoint      LowCardinality(String) COMMENT 'the named contact',
    channel         LowCardinality(String) COMMENT 'where the contact took place',
    stage           LowCardinality(String) COMMENT 'stage of the journey; empty when the rule names none',
    format          LowCardinality(String) COMMENT 'wire format it was read from',
    name            LowCardinality(String) COMMENT 'the source''s own word for it',
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
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    belongs.customer_id AS customer_id,
    events.source AS source,
    events.event_id AS event_id,
    events.occurred_at AS occurred_at,
    events.touchpoint AS touchpoint,
    events.channel AS channel,
    events.stage AS stage,
    events.format AS format,
    events.name AS name,
    events.outcome AS outcome,
    events.value AS value,
    events.currency AS currency,
    events.duration_s AS duration_s,
    events.wait_s AS wait_s,
    events.metric AS metric,
    events.score AS score,
    events.emotion AS emotion,
    events.comment AS comment,
    events.attributes AS attributes,
    events.received_at AS received_at,
    events.stored_at AS stored_at
FROM events
LEFT JOIN
(
    SELECT identifier, argMax(customer_id, run) AS customer_id
    FROM identity_log
    GROUP BY identifier
) AS belongs ON belongs.identifier = events.identifier
WHERE events.touchpoint != ''
COMMENT 'Every touchpoint once, with its customer. Those without customer are in no journey.'
