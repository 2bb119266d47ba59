CREATE OR REPLACE VIEW journeys
(
    definition   LowCardinality(String) COMMENT 'journey definition',
    version      LowCardinality(String) COMMENT 'version of the definition it was cut by, see definitions',
    customer_id  String COMMENT 'the customer; or the account, where the definition''s unit is account',
    journey_no   UInt32 COMMENT 'the customer''s journeys, from 1',
    started_at   DateTime64(3, 'UTC') COMMENT 'time of the first step',
    ended_at     DateTime64(3, 'UTC') COMMENT 'time of the last step so far',
    closes_at    DateTime64(3, 'UTC') COMMENT 'when it counts as ended unless something happens',
    is_open      UInt8 COMMENT '1 while data has not come past closes_at: not yet, rather than lost',
    end_reason   LowCardinality(String) COMMENT 'ended, new_start, inactivity; empty while open',
    is_converted UInt8 COMMENT '1 when a goal touchpoint is among the steps',
    converted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'time of the first goal touchpoint; NULL when there is none',
    step_count   UInt32 COMMENT 'number of steps',
    path         Array(LowCardinality(String)) COMMENT 'touchpoints in order',
    times        Array(DateTime64(3, 'UTC')) COMMENT 'time of each step',
    sources      Array(LowCardinality(String)) COMMENT 'source of each step',
    event_ids    Array(String) COMMENT 'the event behind each step, with its source; see touchpoints',
    channels     Array(LowCardinality(String)) COMMENT 'channel of each step',
    stages       Array(LowCardinality(String)) COMMENT 'stage of each step',
    stage_nos    Array(UInt8) COMMENT 'place of each step''s stage in the definition''s order; 0 when it is none of its stages',
    outcomes     Array(LowCardinality(String)) COMMENT 'how each step ended; empty when nothing is known',
    waits_s      Array(Nullable(Float64)) COMMENT 'seconds waited in a queue at each step; NULL when it did not queue',
    emotions     Array(Nullable(Float64)) COMMENT '-1 to +1 at each step; NULL when nothing is known',
    are_read     Array(UInt8) COMMENT '1 where that was read from a comment rather than given as a score',
    topics       Array(LowCardinality(String)) COMMENT 'what each step was about, its attribute topic; empty when nothing is known',
    path_text    String COMMENT 'a > b > c, the same touchpoint several times in a row written once',
    value        Decimal(38, 4) COMMENT 'sum of the steps'' money',
    emotion      Nullable(Float64) COMMENT 'mean of what is known; NULL when nothing is',
    duration_s   Float64 COMMENT 'seconds from the first step to the last'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
-- Data time, not the wall clock: a silent feed leaves a journey open, it does not end it.
WITH (SELECT max(occurred_at) FROM event_log) AS watermark
SELECT
    definition, version, customer_id, journey_no, started_at, ended_at,
    log.closes_at AS closes_at,
    log.end_reason = '' AND log.closes_at > watermark AS is_open,
    if(log.end_reason = '' AND log.closes_at <= watermark, 'inactivity', log.end_reason) AS end_reason,
    is_converted, converted_at,
    length(path) AS step_count,
    path, times, sources, event_ids, channels, stages, stage_nos, outcomes, waits_s, emotions, are_read, topics,
    arrayStringConcat(arrayCompact(path), ' > ') AS path_text,
    value, emotion,
    dateDiff('millisecond', started_at, ended_at) / 1000 AS duration_s
FROM journey_log AS log FINAL
WHERE nth > 0
COMMENT 'One row a journey: its ends, its path, whether it converted, whether it is still open.'
