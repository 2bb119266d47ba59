/*
title: Before and after a fix
words: >
  Whether a registered fix (cjm fix add) made journeys better: those it was for, before and after,
  against what changed at the same time for all others. Where the data does not say, it says so.
formula: >
  change = (exposed_after - exposed_before) - (other_after - other_before), of means; its interval is
  change +- 1.96 * sqrt(sum of variance / n over the four). The variance of a share p = x / n is that of
  (x + 1) / (n + 2), so that few journeys of one kind are no certainty.
  better, worse: the interval leaves out 0; cannot_tell: it does not, or one of the four is fewer than least
source: journeys, fixes, touchpoints where the fix is for an attribute
unit: share of journeys (conversion, repeat), -1 to +1 (emotion), seconds (wait)
small_samples: >
  With fewer than least journeys in one of the four no verdict is given, whatever the numbers; means of
  nothing are NULL.
notes: |
  Exposed is a journey with the fix's touchpoint that meets its conditions; all others are compared with.
  The two periods are equally long and end or begin with the fix: days, or less where data ends. A
  journey counts in the period that it lies in from the first contact to the last; straddling ones and
  those still open count in neither.
  It supposes that both groups would have changed alike without the fix. A fix that changes who comes to
  the touchpoint at all breaks that; so does another fix at the same time.
  Of an unknown fix there is no row.
parameters:
  fix: {form: number, default: "1", words: "its number; cjm fix list"}
  metric: {default: conversion, choices: [conversion, repeat, emotion, wait], words: "converted; a touchpoint came again; mean emotion; mean wait"}
  days: {form: number, default: "28", words: "length of each period"}
  least: {form: number, default: "30", words: "journeys needed in each of the four"}
columns:
  fix: its number
  touchpoint: where it was
  fixed_at: since when
  what: what was changed
  metric: what is compared
  days: length of each period, where data ends cut to what there is
  verdict: better, worse or cannot_tell
  why: what a verdict is missing; empty where there is one
  change: how much more the exposed changed than the others
  low: lower end of its interval, 95 %
  high: upper end
  exposed_before: mean of the exposed before
  exposed_after: and after
  other_before: mean of the others before
  other_after: and after
  exposed_before_n: journeys
  exposed_after_n: journeys
  other_before_n: journeys
  other_after_n: journeys
  straddling: journeys begun in the two periods that do not lie in one of them
  not_yet: begun in them, and not over yet
  unknown: begun in them, of which the metric is not known
*/
{common}
    (SELECT toUnixTimestamp64Milli(any(fixed_at)) FROM fixes WHERE fix = {fix:UInt32}) AS fixed_ms,
    toInt64(ifNull(greatest(0, least({days:Int64} * 86400000, complete_to - fixed_ms)), 0)) AS period_ms,
    {metric:String} IN ('conversion', 'repeat') AS is_share,
    -- Whoever the fix is for by what their events say, as in the journeys asked for.
    meant AS
    (
        SELECT customer_id
        FROM touchpoints
        ARRAY JOIN assumeNotNull((SELECT any(attributes) FROM fixes WHERE fix = {fix:UInt32})) AS asked
        WHERE attributes[asked.1] = asked.2 AND (SELECT any(notEmpty(attributes)) FROM fixes WHERE fix = {fix:UInt32})
        GROUP BY customer_id
        HAVING uniqExact(asked.1) = (SELECT length(arrayDistinct(any(attributes).1)) FROM fixes WHERE fix = {fix:UInt32})
    ),
    begun AS
    (
        SELECT
            has(path, mended.touchpoint)
                AND (empty(mended.channels) OR hasAny(taken.channels, mended.channels))
                AND (empty(mended.sources) OR hasAny(taken.sources, mended.sources))
                AND (empty(mended.stages) OR hasAny(taken.stages, mended.stages))
                AND (empty(mended.customers) OR has(mended.customers, customer_id))
                AND (empty(mended.attributes) OR customer_id IN (SELECT customer_id FROM meant)) AS is_exposed,
            toUnixTimestamp64Milli(started_at) - fixed_ms AS start_ms,
            toUnixTimestamp64Milli(ended_at) - fixed_ms AS end_ms,
            may_go_further(end_reason, closes_at) AS is_awaited,
            multiIf(is_awaited, 'not_yet', end_ms < 0, 'before', start_ms >= 0 AND end_ms < period_ms, 'after', 'straddling') AS period,
            arrayFilter(wait -> isNotNull(wait), waits_s) AS waits,
            multiIf(
                {metric:String} = 'conversion', toFloat64(is_converted),
                {metric:String} = 'repeat', toFloat64(arrayUniq(path) < step_count),
                {metric:String} = 'emotion', emotion,
                empty(waits), NULL, arrayAvg(arrayMap(wait -> assumeNotNull(wait), waits))) AS value
        FROM taken
        CROSS JOIN (SELECT * FROM fixes WHERE fix = {fix:UInt32}) AS mended
        WHERE start_ms >= -period_ms AND start_ms < period_ms
    ),
    (x, n, spread) -> if(is_share, (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)), spread) / n AS squared_error,
    compared AS
    (
        SELECT
            countIf(period = 'straddling') AS straddling,
            countIf(period = 'not_yet') AS not_yet,
            countIf(period IN ('before', 'after') AND isNull(value)) AS unknown,
            countIf(is_exposed AND period = 'before' AND isNotNull(value)) AS n1,
            countIf(is_exposed AND period = 'after' AND isNotNull(value)) AS n2,
            countIf(NOT is_exposed AND period = 'before' AND isNotNull(value)) AS n3,
            countIf(NOT is_exposed AND period = 'after' AND isNotNull(value)) AS n4,
            sumIf(value, is_exposed AND period = 'before') AS x1,
            sumIf(value, is_exposed AND period = 'after') AS x2,
            sumIf(value, NOT is_exposed AND period = 'before') AS x3,
            sumIf(value, NOT is_exposed AND period = 'after') AS x4,
            sqrt(squared_error(x1, n1, varSampIf(value, is_exposed AND period = 'before'))
                + squared_error(x2, n2, varSampIf(value, is_exposed AND period = 'after'))
                + squared_error(x3, n3, varSampIf(value, NOT is_exposed AND period = 'before'))
                + squared_error(x4, n4, varSampIf(value, NOT is_exposed AND period = 'after'))) AS error
        FROM begun
    )
SELECT
    fixes.fix AS fix, fixes.touchpoint AS touchpoint, fixes.fixed_at AS fixed_at, fixes.what AS what,
    {metric:String} AS metric,
    period_ms / 86400000 AS days,
    multiIf(why != '', 'cannot_tell', (change > 0) = ({metric:String} IN ('conversion', 'emotion')), 'better', 'worse') AS verdict,
    multiIf(
        period_ms = 0, 'no data after the fix',
        least(n1, n2, n3, n4) < greatest({least:UInt32}, 2), 'too few journeys',
        low <= 0 AND high >= 0, 'chance could have done it', '') AS why,
    exposed_after - exposed_before - (other_after - other_before) AS change,
    change - 1.96 * if(isFinite(error), error, NULL) AS low,
    change + 1.96 * if(isFinite(error), error, NULL) AS high,
    x1 / nullIf(n1, 0) AS exposed_before,
    x2 / nullIf(n2, 0) AS exposed_after,
    x3 / nullIf(n3, 0) AS other_before,
    x4 / nullIf(n4, 0) AS other_after,
    n1 AS exposed_before_n, n2 AS exposed_after_n, n3 AS other_before_n, n4 AS other_after_n,
    straddling, not_yet, unknown
FROM fixes
CROSS JOIN compared
WHERE fixes.fix = {fix:UInt32}
