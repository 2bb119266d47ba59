-- Stitches: writes all journeys of the customers in scope anew, one row a customer.
-- The full rebuild and the increment run this same statement; only the scope differs.
--
-- run, part   the stitch, and the part of its scope in stitch_scope
-- definition  name of the journey definition
-- sources     sources in order of priority: breaks ties between steps of one instant
-- stages      stages in their order
-- goals, starts_at, ends_at                     touchpoints
-- patience_ms, channels, patience_by_channel_ms inactivity that ends a journey, ms
--
-- Arrays are walked side by side, never by index: a lambda that looks into another array has it
-- copied for every element, and one customer may have a million steps.
INSERT INTO path_log
WITH
    scope AS
    (
        SELECT identifier, customer
        FROM stitch_scope
        WHERE run = {run:UInt64} AND part = {part:UInt16}
    ),
    -- Of an event that came in several states one holds, under one identifier.
    contested AS
    (
        SELECT source, event_id, holder, fingerprint
        FROM contested_log FINAL
        WHERE identifier IN (SELECT identifier FROM scope)
    ),
    -- Of one state what the latest mapping says of it: that is what FINAL keeps.
    events AS
    (
        SELECT
            identifier, occurred_at, source, event_id, touchpoint, channel, stage, outcome, value,
            wait_s, duration_s, emotion
        FROM event_log FINAL
        WHERE identifier IN (SELECT identifier FROM scope WHERE identifier != 0)
            AND touchpoint != ''
            AND ((source, event_id) NOT IN (SELECT source, event_id FROM contested)
                OR (source, event_id, identifier, fingerprint)
                    IN (SELECT source, event_id, holder, fingerprint FROM contested))
    ),
    -- Each customer's steps in order. The first three members decide the order and no two steps
    -- share them all, so sorting the tuples leaves nothing to chance.
    ordered AS
    (
        SELECT
            scope.customer AS customer,
            arraySort(groupArray((
                toUnixTimestamp64Milli(occurred_at),
                indexOf({sources:Array(String)}, source),
                event_id,
                source, touchpoint, channel, stage, outcome, value, wait_s, duration_s, emotion
            ))) AS s
        FROM events
        INNER JOIN scope ON scope.identifier = events.identifier
        GROUP BY scope.customer
    ),
    timed AS
    (
        SELECT
            customer,
            s,
            s.1 AS began,
            arrayMap((at, lasts) -> at + toInt64(1000 * greatest(0, ifNull(lasts, 0))), s.1, s.11) AS ended,
            arrayMap(
                channel -> transform(
                    toString(channel), {channels:Array(String)}, {patience_by_channel_ms:Array(Int64)},
                    {patience_ms:Int64}),
                s.6) AS patience,
            arrayMap(touchpoint -> has({starts_at:Array(String)}, touchpoint), s.5) AS is_start,
            arrayMap(touchpoint -> has({ends_at:Array(String)}, touchpoint), s.5) AS is_end,
            arrayMap(touchpoint -> has({goals:Array(String)}, touchpoint), s.5) AS is_goal
        FROM ordered
    ),
    -- Why a new journey begins at each step: '' where none does.
    cut AS
    (
        SELECT
            *,
            arrayMap(
                (number, at, wait, starts, before_ended, before_wait, before_ends) -> multiIf(
                    number = 1, 'first',
                    before_ends, 'ended',
                    starts, 'new_start',
                    at - before_ended > greatest(wait, before_wait), 'inactivity',
                    ''),
                arrayEnumerate(s), began, patience, is_start,
                arrayPopBack(arrayPushFront(ended, 0)),
                arrayPopBack(arrayPushFront(patience, 0)),
                arrayPopBack(arrayPushFront(is_end, 0))) AS why,
            arrayMap(reason -> reason != '', why) AS begins
        FROM timed
    ),
    -- Journey by journey: its length, its goals' times, its last step.
    parted AS
    (
        SELECT
            customer,
            s,
            arrayFilter((number, starts) -> starts, arrayEnumerate(s), begins) AS firsts,
            arrayMap(
                times -> arrayFilter(at -> at IS NOT NULL, times),
                arraySplit(
                    (at, starts) -> starts,
                    arrayMap((at, goal) -> if(goal, at, NULL), began, is_goal), begins)) AS goals,
            arrayMap(
                steps -> (length(steps), steps[-1]),
                arraySplit(
                    (step, starts) -> starts,
                    arrayMap(
                        (end, wait, ends) -> (if(ends, end, end + wait), ends),
                        ended, patience, is_end),
                    begins)) AS lasts,
            arrayPushBack(arrayPopFront(arrayFilter(reason -> reason != '', why)), '') AS next_reasons
        FROM cut
    )
SELECT
    {definition:String} AS definition,
    concat('c', leftPad(lower(hex(customers.customer)), 16, '0')) AS customer_id,
    {run:UInt64} AS run,
    arrayMap(at -> fromUnixTimestamp64Milli(at, 'UTC'), s.1) AS `step.occurred_at`,
    s.4 AS `step.source`,
    s.3 AS `step.event_id`,
    s.5 AS `step.touchpoint`,
    s.6 AS `step.channel`,
    s.7 AS `step.stage`,
    arrayMap(stage -> toUInt8(indexOf({stages:Array(String)}, stage)), s.7) AS `step.stage_no`,
    s.8 AS `step.outcome`,
    s.9 AS `step.value`,
    s.10 AS `step.wait_s`,
    s.11 AS `step.duration_s`,
    s.12 AS `step.emotion`,
    arrayMap(first -> toUInt32(first), firsts) AS `journey.first`,
    arrayMap(last -> toUInt32(last.1), lasts) AS `journey.length`,
    -- No later than the type can say: 2299-12-31.
    arrayMap(last -> fromUnixTimestamp64Milli(least(last.2.1, 10413791999999), 'UTC'), lasts)
        AS `journey.closes_at`,
    -- The reason is the next journey's; the last one has none unless it came to its end.
    arrayMap((last, reason) -> if(reason = '' AND last.2.2, 'ended', reason), lasts, next_reasons)
        AS `journey.end_reason`,
    arrayMap(times -> toUInt8(notEmpty(times)), goals) AS `journey.is_converted`,
    arrayMap(times -> fromUnixTimestamp64Milli(if(empty(times), NULL, times[1]), 'UTC'), goals)
        AS `journey.converted_at`
FROM (SELECT DISTINCT customer FROM scope) AS customers
LEFT JOIN parted ON parted.customer = customers.customer
