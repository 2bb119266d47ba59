-- Stitches: writes all journeys of the customers or accounts in scope anew, one row each, and of
-- those that were there and are not any more, that they are gone.
-- The full rebuild and the increment run this same statement; only the scope differs.
--
-- run, part   the stitch, and the part of its scope
-- unit        customer or account: whose journeys
-- scope       customer_scope or account_scope, which of the two below is meant;
-- ordered     customer_steps or account_steps likewise
-- definition, version                           name of the journey definition, and its version
-- sources     sources in order of priority: breaks ties between steps of one instant
-- stages      stages of the definition in their order
-- goals, starts_at, ends_at                     touchpoints
-- only_from_start                               1 when what no start came before is in no journey
-- patience_ms, channels, patience_by_channel_ms inactivity that ends a journey, ms
-- lookback_s                                    look-back window, seconds; 0 for none
--
-- Arrays are walked side by side, never by index: a lambda that looks into another array has it
-- copied for every element, and one customer may have a million steps.
INSERT INTO journey_log
WITH
    customer_scope AS
    (
        SELECT customer AS unit, identifier, customer
        FROM stitch_scope
        WHERE run = {run:UInt64} AND part = {part:UInt16}
    ),
    account_scope AS
    (
        SELECT account AS unit, identifier, customer
        FROM stitch_accounts
        WHERE run = {run:UInt64} AND part = {part:UInt16}
    ),
    unit -> concat(substring({unit:String}, 1, 1), leftPad(lower(hex(unit)), 16, '0')) AS named,
    scope AS (SELECT DISTINCT identifier, customer FROM {scope:Identifier}),
    -- Of an event that came in several states one holds, under one identifier.
    contested AS
    (
        SELECT source, event_id, holder, fingerprint
        FROM contested_log FINAL
        WHERE identifier IN (SELECT identifier FROM scope WHERE identifier != 0)
    ),
    -- Of one state what the latest mapping says of it: that is what FINAL keeps. What is no
    -- touchpoint may still say which account a customer is in.
    events AS
    (
        SELECT
            identifier, occurred_at, source, event_id, touchpoint, channel, stage, outcome, value,
            wait_s, duration_s, emotion, emotion IS NOT NULL AND (score IS NULL OR metric = '') AS is_read, about, account
        FROM event_log FINAL
        WHERE identifier IN (SELECT identifier FROM scope WHERE identifier != 0)
            AND (touchpoint != '' OR ({unit:String} = 'account' AND account != 0))
            AND ((source, event_id) NOT IN (SELECT source, event_id FROM contested)
                OR (source, event_id, identifier, fingerprint)
                    IN (SELECT source, event_id, holder, fingerprint FROM contested))
    ),
    -- The first three members of a step decide the order and no two steps share them all, so
    -- sorting the tuples leaves nothing to chance. Who has no event any more is there with one that
    -- names no touchpoint: their journeys are to be emptied.
    theirs AS
    (
        SELECT
            scope.customer AS customer,
            events.account AS account,
            (
                toUnixTimestamp64Milli(occurred_at),
                indexOf({sources:Array(String)}, source),
                event_id,
                source, touchpoint, channel, stage, outcome, value, wait_s, duration_s, emotion, is_read,
                about
            ) AS step
        FROM events
        RIGHT JOIN scope ON scope.identifier = events.identifier
    ),
    customer_steps AS
    (
        SELECT
            customer AS unit,
            arraySort(groupArrayIf(step, step.5 != '')) AS s,
            emptyArrayUInt64() AS contacts
        FROM theirs
        GROUP BY customer
    ),
    -- An event is of the account it names; else of the one its customer was last said to be in;
    -- else of the first one named later.
    account_steps AS
    (
        SELECT
            units.unit AS unit,
            arraySort(groupArrayIf((step, customer), step.5 != '')) AS owned,
            owned.1 AS s,
            owned.2 AS contacts
        FROM
        (
            SELECT
                customer,
                arrayJoin(arrayZip(
                    said.1,
                    arrayReverseFill(named -> named != 0, arrayFill(named -> named != 0, said.2))
                )) AS place,
                place.1 AS step,
                place.2 AS account
            FROM
            (
                SELECT customer, arraySort(groupArray((step, account))) AS said
                FROM theirs
                GROUP BY customer
            )
        ) AS placed
        RIGHT JOIN (SELECT DISTINCT unit FROM account_scope) AS units ON units.unit = placed.account
        GROUP BY units.unit
    ),
    timed AS
    (
        SELECT
            unit,
            s,
            contacts,
            arrayMap((at, lasts) -> at + toInt64(1000 * greatest(0, ifNull(lasts, 0))), s.1, s.11) AS ended,
            arrayMap(
                channel -> transform(
                    toString(channel), {channels:Array(String)}, {patience_by_channel_ms:Array(Int64)},
                    {patience_ms:Int64}),
                s.6) AS patience,
            arrayMap(touchpoint -> has({starts_at:Array(String)}, touchpoint), s.5) AS is_start,
            arrayMap(touchpoint -> has({ends_at:Array(String)}, touchpoint), s.5) AS is_end
        FROM {ordered:Identifier}
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
                arrayEnumerate(s), s.1, patience, is_start,
                arrayPopBack(arrayPushFront(ended, 0)),
                arrayPopBack(arrayPushFront(patience, 0)),
                arrayPopBack(arrayPushFront(is_end, 0))) AS why,
            arrayMap(reason -> reason != '', why) AS begins,
            -- Should the step be the last one of its journey: when that closes, and why it ended.
            -- The reason is the next journey's; the last one has none unless it came to its end.
            arrayMap(
                (end, wait, ends, next) -> (
                    if(ends, end, end + wait), if(ends AND next = '', 'ended', next)),
                ended, patience, is_end, arrayPopFront(arrayPushBack(why, ''))) AS closing
        FROM timed
    ),
    -- Where a journey starts at a start only, those that do not are none.
    kept AS
    (
        SELECT
            unit,
            arrayFill((starts, begins_here) -> begins_here, is_start, begins) AS is_in,
            if({only_from_start:UInt8}, arrayFilter((step, keep) -> keep, s, is_in), s) AS steps,
            if({only_from_start:UInt8} AND {unit:String} = 'account',
                arrayFilter((who, keep) -> keep, contacts, is_in), contacts) AS contacts_in,
            if({only_from_start:UInt8}, arrayFilter((starts, keep) -> keep, begins, is_in), begins) AS is_first,
            if({only_from_start:UInt8}, arrayFilter((close, keep) -> keep, closing, is_in), closing) AS closes,
            length(s) - length(steps) AS outside
        FROM cut
    ),
    -- Journey by journey: how it ends, and its first goal. Step by step: the next goal of its journey.
    parted AS
    (
        SELECT
            *,
            arrayPopFront(arrayPushBack(is_first, 1)) AS is_last,
            arrayFilter((close, last) -> last, closes, is_last) AS ends,
            arrayMap(touchpoint -> has({goals:Array(String)}, touchpoint), steps.5) AS is_goal,
            arrayReverseFill(
                (at, known) -> known,
                arrayMap((at, goal) -> if(goal, at, NULL), steps.1, is_goal),
                arrayMap((goal, last) -> goal OR last, is_goal, is_last)) AS goal_at,
            arrayFilter((at, first) -> first, goal_at, is_first) AS first_goals
        FROM kept
    ),
    -- The rows that stand, and the latest stitch that wrote one.
    standing AS
    (
        SELECT customer_id, groupArrayIf((at, nth, 1), NOT is_gone) AS old, max(latest) AS latest
        FROM
        (
            SELECT
                customer_id, toUnixTimestamp64Milli(started_at) AS at, journey_log.nth AS nth,
                argMax(journey_log.is_gone, journey_log.run) AS is_gone, max(journey_log.run) AS latest
            FROM journey_log
            WHERE definition = {definition:String} AND customer_id IN (SELECT named(unit) FROM {scope:Identifier})
            GROUP BY customer_id, started_at, journey_log.nth
        )
        GROUP BY customer_id
    ),
    -- A row a journey. One more where there is none, or steps are in none. And one for each that
    -- stood in another place: sorted together, an old row comes behind the new one of its place.
    -- Who was written by a later stitch, which knew more, is left as they are.
    rowed AS
    (
        SELECT
            named(parted.unit) AS customer_id,
            outside,
            arraySplit((step, first) -> first, steps, is_first) AS each,
            arraySplit((at, first) -> first, goal_at, is_first) AS each_goal_at,
            arraySplit((who, first) -> first, arrayResize(contacts_in, length(steps)), is_first) AS each_contacts,
            arrayFilter((at, first) -> first, steps.1, is_first) AS starts,
            arrayEnumerateUniq(starts) AS nths,
            arrayMap((at, nth) -> (at, nth, 0), starts, nths) AS journeys,
            if(outside > 0 OR empty(journeys), arrayPushBack(journeys, (toInt64(0), toUInt32(0), 0)), journeys) AS new,
            arraySort(arrayConcat(new, standing.old)) AS both,
            arrayFilter(
                (place, before) -> place.3 = 1 AND (place.1, place.2) != (before.1, before.2),
                both, arrayPopBack(arrayPushFront(both, (toInt64(0), toUInt32(4294967295), 0)))) AS gone,
            arrayConcat(new, gone) AS places,
            ends, first_goals
        FROM parted
        LEFT JOIN standing ON standing.customer_id = named(parted.unit)
        WHERE standing.latest <= {run:UInt64}
    )
SELECT
    {definition:String} AS definition,
    customer_id,
    fromUnixTimestamp64Milli(place.1, 'UTC') AS started_at,
    place.2 AS nth,
    {run:UInt64} AS run,
    place.3 AS is_gone,
    if(empty(steps), 0, number) AS journey_no,
    fromUnixTimestamp64Milli(steps.1[-1], 'UTC') AS ended_at,
    -- No later than the type can say: 2299-12-31.
    fromUnixTimestamp64Milli(least(end.1, 10413791999999), 'UTC') AS closes_at,
    end.2 AS end_reason,
    goal IS NOT NULL AS is_converted,
    fromUnixTimestamp64Milli(goal, 'UTC') AS converted_at,
    arraySum(arrayMap(money -> ifNull(money, 0), steps.9)) AS value,
    if(arrayAll(score -> isNull(score), steps.12), NULL,
        arrayAvg(arrayMap(score -> assumeNotNull(score), arrayFilter(score -> isNotNull(score), steps.12)))) AS emotion,
    steps.5 AS path,
    arrayMap(at -> fromUnixTimestamp64Milli(at, 'UTC'), steps.1) AS times,
    steps.4 AS sources,
    steps.3 AS event_ids,
    steps.6 AS channels,
    steps.7 AS stages,
    arrayMap(stage -> toUInt8(indexOf({stages:Array(String)}, stage)), steps.7) AS stage_nos,
    steps.8 AS outcomes,
    steps.9 AS amounts,
    steps.10 AS waits_s,
    steps.11 AS durations_s,
    steps.12 AS emotions,
    steps.13 AS are_read,
    steps.14 AS topics,
    arrayMap((goal_at, at) -> (goal_at - at) / 1000, goals, steps.1) AS seconds_to_goal,
    if({unit:String} = 'account', who, []) AS contacts,
    {version:String} AS version,
    nullIf({lookback_s:UInt64}, 0) AS lookback_s,
    if(place.2 = 0 AND place.3 = 0, rowed.outside, 0) AS outside
FROM rowed
ARRAY JOIN
    places AS place,
    arrayEnumerate(places) AS number,
    arrayResize(each, length(places)) AS steps,
    arrayResize(each_goal_at, length(places)) AS goals,
    arrayResize(each_contacts, length(places)) AS who,
    arrayResize(ends, length(places)) AS end,
    arrayResize(first_goals, length(places)) AS goal
-- Writing takes as long as all before it: in several threads, and without looking for rows that
-- replace each other, as there are none.
SETTINGS
    max_insert_threads = 4, min_insert_block_size_rows = 25000, min_insert_block_size_bytes = 0,
    optimize_on_insert = 0
