CREATE OR REPLACE VIEW steps
(
    definition             LowCardinality(String) COMMENT 'journey definition',
    customer_id            String COMMENT 'the customer; or the account, where the definition''s unit is account',
    journey_no             UInt32 COMMENT 'the customer''s journeys, from 1',
    position               UInt32 COMMENT 'place in the journey, from 1',
    occurred_at            DateTime64(3, 'UTC') COMMENT 'when',
    touchpoint             LowCardinality(String) COMMENT 'the named contact',
    channel                LowCardinality(String) COMMENT 'where',
    stage                  LowCardinality(String) COMMENT 'stage of the journey; empty when none',
    stage_no               UInt8 COMMENT 'place of the stage in the definition''s order, from 1; 0 when it is none of its stages',
    source                 LowCardinality(String) COMMENT 'website, call_centre, store, survey',
    event_id               String COMMENT 'the event behind the step, see touchpoints',
    outcome                LowCardinality(String) COMMENT 'how it ended',
    value                  Nullable(Decimal(18, 4)) COMMENT 'money; negative when given back',
    wait_s                 Nullable(Float64) COMMENT 'seconds waited in a queue',
    duration_s             Nullable(Float64) COMMENT 'seconds from its beginning to its end',
    emotion                Nullable(Float64) COMMENT '-1 to +1; NULL when nothing is known',
    previous_touchpoint    LowCardinality(String) COMMENT 'the step before; empty at the journey''s start',
    seconds_since_previous Nullable(Float64) COMMENT 'NULL at the journey''s start',
    loop_no                UInt32 COMMENT 'how often this touchpoint has come in this journey, from 1',
    is_handoff             UInt8 COMMENT '1 when the channel is another than the step''s before',
    is_open                UInt8 COMMENT '1 while its journey is open',
    end_reason             LowCardinality(String) COMMENT 'why its journey ended: ended, new_start, inactivity; empty while open',
    seconds_to_goal        Nullable(Float64) COMMENT 'to the journey''s first goal at or after the step; NULL when none comes',
    in_lookback            UInt8 COMMENT '0 when that goal comes later than the definition''s look-back window reaches',
    contact                String COMMENT 'the customer whose step it is, in an account''s journey too',
    topic                  LowCardinality(String) COMMENT 'what it was about, its attribute topic; empty when nothing is known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
-- As in journeys; a maximum over all rows has its row.
WITH assumeNotNull((SELECT max(occurred_at) FROM event_log)) AS watermark
SELECT
    definition, customer_id, journey_no, position, occurred_at, touchpoint, channel, stage, stage_no,
    source, event_id, outcome, amount AS value, wait_s, duration_s, feeling AS emotion,
    if(position = 1, '', before) AS previous_touchpoint,
    if(position = 1, NULL, dateDiff('millisecond', before_at, occurred_at) / 1000) AS seconds_since_previous,
    loop_no,
    position > 1 AND before_channel != channel AS is_handoff,
    log.end_reason = '' AND log.closes_at > watermark AS is_open,
    if(log.end_reason = '' AND log.closes_at <= watermark, 'inactivity', log.end_reason) AS end_reason,
    to_goal AS seconds_to_goal,
    ifNull(to_goal <= lookback_s, 1) AS in_lookback,
    if(who = 0, customer_id, concat('c', leftPad(lower(hex(who)), 16, '0'))) AS contact,
    topic
FROM journey_log AS log FINAL
ARRAY JOIN
    arrayEnumerate(path) AS position,
    times AS occurred_at,
    path AS touchpoint,
    channels AS channel,
    stages AS stage,
    stage_nos AS stage_no,
    sources AS source,
    event_ids AS event_id,
    outcomes AS outcome,
    amounts AS amount,
    waits_s AS wait_s,
    durations_s AS duration_s,
    emotions AS feeling,
    topics AS topic,
    log.seconds_to_goal AS to_goal,
    arrayPopBack(arrayPushFront(path, '')) AS before,
    arrayPopBack(arrayPushFront(times, fromUnixTimestamp64Milli(0, 'UTC'))) AS before_at,
    arrayPopBack(arrayPushFront(channels, '')) AS before_channel,
    arrayEnumerateUniq(path) AS loop_no,
    arrayResize(contacts, length(path)) AS who
COMMENT 'Every touchpoint at its place in a journey. One row a step.'
