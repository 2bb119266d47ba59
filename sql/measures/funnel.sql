/*
title: Funnel
words: >
  How many journeys came as far as each step, how many of them may still go on, and how long it
  took. A step is a touchpoint, or several any of which will do; an optional one may be left out.
formula: >
  share = journeys / (journeys of the first step); of_previous = journeys / (journeys that reached
  the step before, or an optional one's step before that, and have had their time).
  dropped = reached - went_on - not_yet
source: journeys
unit: journeys
small_samples: >
  The shares come with a Wilson interval of 95 %; NULL where nothing was asked of anybody.
notes: |
  order ordered: other touchpoints may lie between two steps. strict: none may. any: the steps may
  come in any order, and step k means k different ones of them.
  A repeated step needs a touchpoint of its own each time it is asked for.
  entry first: time runs from the first time a journey takes the first step. each: any time it takes
  it will do, and the one that leads furthest counts.
  window: from the first step (within: whole) or from step to step (within: step); inclusive.
  not_yet: the journey is over neither for any feed that is alive nor for the window. A feed is
  alive when its data came less than silent_after before the latest of all.
parameters:
  steps: {form: steps, words: "a step each: a, or a|b for either of them, a? for one that may be left out", default: stages}
  of: {default: stage, choices: [stage, touchpoint, channel], words: "what the steps are names of"}
  order: {default: ordered, choices: [ordered, strict, any], words: "how the steps follow each other"}
  entry: {default: each, choices: [first, each], words: "which first step counts"}
  within: {default: whole, choices: [whole, step], words: "what the window is for"}
  window: {form: duration, default: "0", words: "how long it may take; 0: the journey is window enough"}
  repeats: {default: kept, choices: [kept, collapsed], words: "whether the same several times in a row counts once"}
keys: [step_no, step]
compared:
  of_previous: [of_previous_low, of_previous_high]
  share: []
  median_s: []
columns:
  step_no: number of the step, from 1
  step: its names
  is_optional: 1 when it may be left out
  journeys: journeys that reached it
  customers: of how many customers
  went_on: journeys that reached a later step
  not_yet: journeys that did not, and still may
  dropped: journeys that did not, and will not
  share: journeys, of those of the first step
  of_previous: of the journeys that could have come here from the step before, those that did
  of_previous_low: lower end of its interval
  of_previous_high: upper end
  median_s: median seconds since the step before was first reached
  p90_s: 90th percentile of them
*/
{common}
    {steps:Array(Array(String))} AS wanted,
    {optional:Array(UInt8)} AS may_miss,
    toUInt8(length(wanted)) AS depth,
    {within:String} = 'step' AS is_by_step,
    -- Longer than any journey, where there is no window.
    toInt64(if({window:Float64} = 0, 1e15, {window:Float64} * 1000)) AS patience,
{named}
    -- The steps that a name takes, as bits: the first step is the lowest.
    arrayDistinct(arrayFlatten(wanted)) AS wanted_names,
    arrayMap(name -> toUInt32(arraySum(arrayMap((step, k) -> if(has(step, name), bitShiftLeft(toUInt32(1), k), 0), wanted, range(depth)))), wanted_names) AS wanted_bits,
    fitted AS
    (
        SELECT
            customer,
            may_go_further(end_reason, closes_at) AS is_awaited,
            arrayMap(name -> transform(name, wanted_names, wanted_bits, toUInt32(0)), names) AS each_bits,
            -- What fits no step only matters where nothing may come between.
            {order:String} = 'strict' AS is_strict,
            if(is_strict, each_bits, arrayFilter(bits -> bits > 0, each_bits)) AS fits,
            arrayMap(moment -> toUnixTimestamp64Milli(moment), if(is_strict, moments, arrayFilter((moment, bits) -> bits > 0, moments, each_bits))) AS at,
            arrayFirstIndex(bits -> bitTest(bits, 0), fits) AS first_entry
        FROM named
        WHERE notEmpty(fits)
    ),
    -- Whoever never takes the first step is in no funnel, nor is what comes before it.
    entered AS
    (
        SELECT customer, is_awaited, arraySlice(fitted.fits, first_entry) AS fits, arraySlice(fitted.at, first_entry) AS at
        FROM fitted
        WHERE {order:String} != 'any' AND first_entry > 0
    ),
    ordered AS
    (
        -- Step after step, over all contacts at once. At each contact: since when time runs for the
        -- chain that takes the step there, the latest if there are several, for it lasts longest; 0
        -- where none does. And what the next step may follow on: the same, from the next contact on.
        SELECT
            customer, is_awaited,
            arrayFold(
                (done, k) ->
                (
                    arrayPushBack(done.1, at[arrayFirstIndex(since -> since > 0, arrayMap(
                        (bits, now, since) -> if(bitTest(bits, k - 1) AND since > 0 AND now - since <= patience, if(is_by_step, now, since), 0),
                        fits, at, done.3) AS here)]),
                    arrayPushBack(done.2, arrayMax(here)),
                    if(has(may_miss, 1),
                        arrayMap((after, before) -> if(may_miss[k] = 1, greatest(after, before), after),
                            arrayPopBack(arrayPushFront(if({order:String} = 'strict', here, arrayFill(since -> since > 0, here)), toInt64(0))) AS behind,
                            done.3),
                        behind)
                ),
                range(toUInt8(1), toUInt8(depth + 1)),
                (
                    CAST([], 'Array(Int64)'),
                    CAST([], 'Array(Int64)'),
                    arrayMap((now, no) -> if({entry:String} = 'each' OR no = 1, now, toInt64(0)), at, arrayEnumerate(at))
                )
            ) AS done,
            done.1 AS reached,
            done.2 AS since
        FROM entered
    ),
    unordered AS
    (
        -- At each contact: how many different steps the window that ends there holds.
        SELECT
            customer, is_awaited, at,
            at[1] AS begun,
            arrayMap(k -> arrayFill(moment -> moment > 0, arrayMap((bits, now) -> if(bitTest(bits, k), now, toInt64(0)), fits, at)), range(depth)) AS last_seen,
            arrayFold(
                (held, k) -> arrayMap(
                    (count, seen, now) -> count + (seen > 0 AND now - if({entry:String} = 'first', begun, seen) <= patience),
                    held, last_seen[k], at),
                range(toUInt8(1), toUInt8(depth + 1)),
                arrayWithConstant(length(at), toUInt64(0))
            ) AS held,
            arrayMap(k -> at[arrayFirstIndex(count -> count >= k, held)], range(toUInt8(1), toUInt8(depth + 1))) AS reached,
            if({entry:String} = 'first', arrayWithConstant(depth, begun), arrayReverseSort(arrayMap(seen -> seen[-1], last_seen))) AS since
        FROM fitted
        WHERE {order:String} = 'any'
    ),
    came AS
    (
        SELECT
            customer, reached,
            arrayLastIndex(moment -> moment > 0, reached) AS furthest,
            is_awaited AND furthest < depth AND since[furthest] + patience >= complete_to AS may_go_on
        FROM (SELECT customer, is_awaited, reached, since FROM ordered UNION ALL SELECT customer, is_awaited, reached, since FROM unordered)
        WHERE reached[1] > 0
    ),
    -- The step that everybody who comes here has taken before; 0 for the first.
    arrayMap(k -> if({order:String} = 'any', k - 1, arrayLastIndex(missed -> missed = 0, arraySlice(may_miss, 1, k - 1))), range(1, depth + 1)) AS before,
    counted AS
    (
        SELECT
            step_no,
            countIf(reached[step_no] > 0) AS journeys,
            uniqExactIf(customer, reached[step_no] > 0) AS customers,
            countIf(reached[step_no] > 0 AND furthest > step_no) AS went_on,
            countIf(furthest = step_no AND may_go_on) AS not_yet,
            countIf(step_no > 1 AND reached[greatest(before[step_no], 1)] > 0 AND (furthest >= step_no OR NOT may_go_on)) AS asked,
            quantilesExactIf(0.5, 0.9)((reached[step_no] - reached[greatest(before[step_no], 1)]) / 1000, step_no > 1 AND reached[step_no] > 0) AS waits
        FROM (SELECT came.*, step_no FROM came ARRAY JOIN range(1, depth + 1) AS step_no)
        GROUP BY step_no
    )
SELECT
    every.number AS step_no,
    if({order:String} = 'any', concat('any ', toString(step_no)), arrayStringConcat(wanted[step_no], ' | ')) AS step,
    may_miss[step_no] AS is_optional,
    counted.journeys AS journeys,
    counted.customers AS customers,
    counted.went_on AS went_on,
    counted.not_yet AS not_yet,
    if(step_no = depth, 0, journeys - went_on - not_yet) AS dropped,
    journeys / nullIf(max(journeys) OVER (), 0) AS share,
    journeys / nullIf(asked, 0) AS of_previous,
    wilson_low(of_previous, asked) AS of_previous_low,
    wilson_high(of_previous, asked) AS of_previous_high,
    if(step_no = 1 OR journeys = 0, NULL, waits[1]) AS median_s,
    if(step_no = 1 OR journeys = 0, NULL, waits[2]) AS p90_s
FROM numbers(1, depth) AS every
LEFT JOIN counted ON counted.step_no = every.number
ORDER BY step_no
