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
WITH
    -- As in journeys; a maximum over all rows has its row.
    assumeNotNull((SELECT max(occurred_at) FROM event_log)) AS watermark,
    arrayFlatten(arrayMap((no, len) -> arrayWithConstant(len, toUInt32(no)),
        arrayEnumerate(journey.length), journey.length)) AS numbers,
    arrayFlatten(arrayMap(len -> arrayMap(k -> toUInt32(k), range(1, len + 1)), journey.length)) AS positions
SELECT
    definition, customer_id, journey_no, position, occurred_at, touchpoint, channel, stage, stage_no,
    source, event_id, outcome, value, wait_s, duration_s, emotion,
    if(position = 1, '', before) AS previous_touchpoint,
    if(position = 1, NULL, dateDiff('millisecond', before_at, occurred_at) / 1000) AS seconds_since_previous,
    loop_no,
    position > 1 AND before_channel != channel AS is_handoff,
    reason = '' AND closes_at > watermark AS is_open,
    if(reason = '' AND closes_at <= watermark, 'inactivity', reason) AS end_reason,
    seconds_to_goal,
    ifNull(seconds_to_goal <= lookback_s, 1) AS in_lookback,
    if(who = 0, customer_id, concat('c', leftPad(lower(hex(who)), 16, '0'))) AS contact,
    topic
FROM path_log FINAL
ARRAY JOIN
    numbers AS journey_no,
    positions AS position,
    `step.occurred_at` AS occurred_at,
    `step.touchpoint` AS touchpoint,
    `step.channel` AS channel,
    `step.stage` AS stage,
    `step.stage_no` AS stage_no,
    `step.source` AS source,
    `step.event_id` AS event_id,
    `step.outcome` AS outcome,
    `step.value` AS value,
    `step.wait_s` AS wait_s,
    `step.duration_s` AS duration_s,
    `step.emotion` AS emotion,
    `step.about` AS topic,
    `step.seconds_to_goal` AS seconds_to_goal,
    arrayPopBack(arrayPushFront(`step.touchpoint`, '')) AS before,
    arrayPopBack(arrayPushFront(`step.occurred_at`, fromUnixTimestamp64Milli(0, 'UTC'))) AS before_at,
    arrayPopBack(arrayPushFront(`step.channel`, '')) AS before_channel,
    arrayEnumerateUniq(numbers, `step.touchpoint`) AS loop_no,
    arrayFlatten(arrayMap((at, len) -> arrayWithConstant(len, at), journey.closes_at, journey.length)) AS closes_at,
    arrayFlatten(arrayMap((why, len) -> arrayWithConstant(len, why), journey.end_reason, journey.length)) AS reason,
    arrayResize(contacts, length(`step.touchpoint`)) AS who
COMMENT 'Every touchpoint at its place in a journey. One row a step.'
