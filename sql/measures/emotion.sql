/*
title: Emotion
words: >
  How customers feel at each stage, touchpoint or channel, from -1 (angry) to +1 (delighted), how sure
  that is, and how often what they did there speaks of friction.
formula: >
  mean = sum of emotion / n, over contacts of which a score (CSAT, NPS, CES) or a comment tells it;
  interval = mean -/+ t(n - 1) * deviation / sqrt(n), at 95 %, cut to the scale.
  friction = contacts with a retry, an abandoned outcome or a long wait / visits.
  behaviour mixed: beside answers, a contact with friction that tells nothing itself counts as -1 with
  the given weight: mean = (sum of emotion - weight * from_behaviour) / (n + weight * from_behaviour)
source: journeys
unit: from -1 to +1
small_samples: >
  n stands beside the mean. The interval is NULL below two answers and where all are equal: no spread
  was seen, which is not certainty. What nobody told of has no mean: a gap, not zero.
notes: |
  Visits are contacts, so they add up to the steps of the journeys asked for; what has no name of the
  kind asked for (no stage) is passed over. A stage nobody came to has no visits, and no friction.
  A retry is the same touchpoint again in one journey, no later than `within` after the last time; rage
  is the third such time or a later one within as long. A wait is long above the 90th percentile of its own
  touchpoint, of the waits asked for, where at least ten were measured.
  CSAT, NPS and CES are put on the scale by their ends; comments are read only where no score is given.
  Whoever looks around comes back to the same page: say with `retried` where coming again is trouble.
  Behaviour is kept apart unless it is asked for; `friction` never has answers in it.
  Answers count once each, though one customer may give several: the interval takes them for independent.
  Every name has a row in every period, so that a gap can be seen.
parameters:
  of: {default: stage, choices: [stage, touchpoint, channel], words: "what feelings are told apart by"}
  every: {default: none, choices: [none, week, month], words: "rows for each of these, by the time of the contact (UTC)"}
  behaviour: {default: apart, choices: [apart, mixed], words: "whether friction is in the mean"}
  weight: {form: share, default: "0.25", words: "of a contact with friction beside an answer, where mixed"}
  within: {form: duration, default: 10m, words: "how soon the same again is a retry"}
  retried: {form: list, default: "", words: "touchpoints that are friction when they come again; empty: any"}
  abandoned: {form: list, default: "abandoned,failed,declined,cancelled,no_answer,busy", words: "outcomes that are friction"}
keys: [period, name]
compared:
  mean: [low, high]
  friction: []
columns:
  period: first day of the week or month; NULL where all is one
  name: the stage, touchpoint or channel
  visits: contacts there
  n: how many of them tell how the customer felt
  customers: of how many customers those are
  mean: of what they tell; NULL when nobody does
  low: lower end of its interval
  high: upper end
  from_score: how many gave a score
  from_text: how many were read from a comment
  from_behaviour: contacts with friction that tell nothing themselves
  friction: share of visits with friction
  retries: visits that are a retry
  rage: visits that are the third time or a later one
  abandoned: visits that ended so
  long_waits: visits with a long wait
*/
{common}
    toInt64(1000 * {within:Float64}) AS soon,
    {abandoned:Array(String)} AS given_up,
    {retried:Array(String)} AS can_be_retried,
    -- Student's t at 97.5 % for 1 to 30 degrees of freedom; beyond, close to it.
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042] AS student,
    df -> if(df <= 30, student[df], 1.96 + 2.38 / df) AS t,
    moment -> if({every:String} = 'week', toMonday(moment), toStartOfMonth(moment)) AS period_of,
    -- Above what a wait is long, by touchpoint.
    patience AS
    (
        SELECT touchpoint, quantileExact(0.9)(assumeNotNull(wait_s)) AS p90_s
        FROM
        (
            SELECT waited.1 AS touchpoint, waited.2 AS wait_s
            FROM taken
            ARRAY JOIN arrayFilter((one, wait_s) -> wait_s IS NOT NULL, arrayZip(path, waits_s), waits_s) AS waited
        )
        GROUP BY touchpoint
        HAVING count() >= 10
    ),
    (SELECT (groupArray(toString(touchpoint)), groupArray(p90_s)) FROM patience) AS patient,
    called_in AS
    (
        SELECT *, multiIf({of:String} = 'stage', stages, {of:String} = 'channel', channels, path) AS called_each
        FROM taken
    ),
    -- The contacts of each journey by touchpoint: the same ones lie side by side, in their order.
    sorted AS
    (
        SELECT
            customer, path, outcomes, waits_s, emotions, are_read,
            called_each,
            arrayMap(moment -> toUnixTimestamp64Milli(moment), times) AS each_ms,
            arrayEnumerateDense(path) AS kinds,
            arrayMap((kind, place) -> toUInt64(kind) * 4294967296 + place, kinds, arrayEnumerate(path)) AS keys,
            arraySort(kinds) AS kind,
            arraySort((moment, key) -> key, each_ms, keys) AS at,
            -- 1 where it is a retry, 2 where it is rage; put back into the order of the journey.
            arrayMap(
                (here, now, last, last_at, last_but_one, then_at) ->
                    (here = last AND now - last_at <= soon) + (here = last_but_one AND now - then_at <= soon),
                kind, at,
                arrayPopBack(arrayPushFront(kind, 0)), arrayPopBack(arrayPushFront(at, toInt64(0))),
                arrayResize(arrayConcat([0, 0], kind), length(kind)), arrayResize(arrayConcat([toInt64(0), 0], at), length(at))) AS ages,
            arraySort((age, place) -> place, ages, arraySort((place, key) -> key, arrayEnumerate(path), keys)) AS again
        FROM called_in
    ),
    visits AS
    (
        SELECT
            customer,
            called,
            if({every:String} = 'none', toDate(0), period_of(fromUnixTimestamp64Milli(now, 'UTC'))) AS begun,
            felt,
            is_read,
            age > 0 AND (empty(can_be_retried) OR has(can_be_retried, touchpoint)) AS is_retry,
            is_retry AND age > 1 AS is_rage,
            has(given_up, outcome) AS is_abandoned,
            ifNull(wait_s > transform(touchpoint, patient.1, patient.2, 1e15), 0) AS is_long,
            is_retry OR is_abandoned OR is_long AS is_friction
        FROM sorted
        ARRAY JOIN
            path AS touchpoint, called_each AS called, each_ms AS now, again AS age,
            emotions AS felt, are_read AS is_read, outcomes AS outcome, waits_s AS wait_s
        WHERE called != ''
    ),
    counted AS
    (
        SELECT
            called, begun,
            count() AS all_visits,
            count(felt) AS answers,
            uniqExactIf(customer, felt IS NOT NULL) AS tellers,
            sum(felt) AS total,
            sum(felt * felt) AS squares,
            countIf(felt IS NOT NULL AND NOT is_read) AS scored,
            countIf(felt IS NOT NULL AND is_read) AS told,
            countIf(is_friction) AS rubbed,
            countIf(is_friction AND felt IS NULL) AS silent,
            countIf(is_retry) AS again,
            countIf(is_rage) AS raging,
            countIf(is_abandoned) AS left_off,
            countIf(is_long) AS waited_long
        FROM visits
        GROUP BY called, begun
    ),
    named AS
    (
        SELECT DISTINCT toString(called) AS called FROM called_in ARRAY JOIN arrayDistinct(called_each) AS called WHERE called != ''
        UNION DISTINCT
        SELECT toString(stage) FROM definition_stages WHERE definition = {definition:String} AND {of:String} = 'stage'
    ),
    -- With nothing at all in them stages have a row, too.
    periods AS
    (
        SELECT DISTINCT begun
        FROM called_in
        ARRAY JOIN arrayDistinct(arrayMap(moment -> period_of(moment), arrayFilter((moment, called) -> called != '', times, called_each))) AS begun
        WHERE {every:String} != 'none'
        UNION DISTINCT
        SELECT toDate(0) WHERE {every:String} = 'none'
    ),
    weighed AS
    (
        SELECT
            named.called AS called,
            periods.begun AS begun,
            counted.* EXCEPT (called, begun),
            if({behaviour:String} = 'mixed', silent, 0) AS mixed_in,
            answers + mixed_in AS pieces,
            answers + {weight:Float64} * mixed_in AS weights,
            (total - {weight:Float64} * mixed_in) / nullIf(if(answers = 0, 0, weights), 0) AS middle,
            -- Weighted squares of the distances from the mean.
            greatest(0, squares - 2 * middle * total + answers * middle * middle)
                + pow({weight:Float64} * (1 + middle), 2) * mixed_in AS spread,
            if(pieces < 2 OR spread < 1e-12, NULL,
                t(toUInt64(pieces - 1)) * sqrt(spread * pieces / (pieces - 1)) / weights) AS reach
        FROM named
        CROSS JOIN periods
        LEFT JOIN counted ON counted.called = named.called AND counted.begun = periods.begun
    )
SELECT
    if({every:String} = 'none', NULL, begun) AS period,
    called AS name,
    all_visits AS visits,
    answers AS n,
    tellers AS customers,
    middle AS mean,
    if(isNull(reach), NULL, greatest(-1, middle - reach)) AS low,
    if(isNull(reach), NULL, least(1, middle + reach)) AS high,
    scored AS from_score,
    told AS from_text,
    silent AS from_behaviour,
    rubbed / nullIf(visits, 0) AS friction,
    again AS retries,
    raging AS rage,
    left_off AS abandoned,
    waited_long AS long_waits
FROM weighed
LEFT JOIN (SELECT toString(stage) AS stage, stage_no FROM definition_stages WHERE definition = {definition:String}) AS ordered ON ordered.stage = weighed.called
ORDER BY period, if({of:String} = 'stage' AND stage_no > 0, stage_no, 255), if({of:String} = 'stage', 0, visits) DESC, name
