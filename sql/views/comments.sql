CREATE OR REPLACE VIEW comments
(
    customer_id     String COMMENT 'the customer; empty when the event has no identifier, or is not stitched yet',
    source          LowCardinality(String) COMMENT 'website, call_centre, store, survey',
    event_id        String COMMENT 'unique within its source',
    occurred_at     DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    touchpoint      LowCardinality(String) COMMENT 'the named contact',
    channel         LowCardinality(String) COMMENT 'where the contact took place',
    stage           LowCardinality(String) COMMENT 'stage of the journey; empty when the rule names none',
    metric          LowCardinality(String) COMMENT 'csat, nps or ces where a score was given',
    score           Nullable(Float64) COMMENT 'the answer on the metric''s own scale',
    emotion         Nullable(Float64) COMMENT 'the answer from -1 to +1; NULL when nothing is known',
    comment         String COMMENT 'the customer''s own words',
    themes          Array(String) COMMENT 'what it is about; one empty name when it is about no theme',
    language        LowCardinality(String) COMMENT 'what it is written in, by its letters and words; empty when that is not known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
-- To say each event once its states are compared; those of events that never had a comment are left
-- out before, for there are many times as many.
AS SELECT
    customer_id, source, event_id, occurred_at, touchpoint, channel, stage, metric, score, emotion,
    comment, splitByChar(',', attributes['themes']) AS themes,
    attributes['language'] AS language
FROM touchpoints
WHERE comment != '' AND (source, event_id) IN (SELECT source, event_id FROM event_log WHERE comment != '')
COMMENT 'Every touchpoint at which a customer said something, in the customer''s own words.'
