/*
title: Top paths
words: >
  The ways journeys take most often, whole or from one touchpoint to another, with how many reach a
  goal and how long it takes.
formula: >
  conversion = converted / journeys; share = journeys / all journeys that have such a path. The sum
  of journeys over all paths is the number of those journeys.
source: journeys
unit: journeys
small_samples: The conversion comes with a Wilson interval of 95 %.
notes: |
  from: a path begins at the first of these; to: it ends at the first of those from there on.
  Journeys without them have no such path. ends 3: of a longer path its first three and last three,
  the middle folded to an ellipsis.
parameters:
  of: {default: touchpoint, choices: [touchpoint, stage, channel], words: "what the path is of"}
  from: {form: list, default: "", words: "where it begins; empty: with the journey"}
  to: {form: list, default: "", words: "where it ends; empty: with the journey"}
  repeats: {default: collapsed, choices: [kept, collapsed], words: "whether the same several times in a row counts once"}
  ends: {form: number, default: "0", words: "how many of either end to show; 0: all"}
  limit: {form: number, default: "20", words: "rows, the most frequent first"}
keys: [path]
compared:
  conversion: [conversion_low, conversion_high]
  median_s: []
columns:
  path: a > b > c
  steps: contacts in it, of the whole path
  journeys: journeys that took it
  customers: customers that took it
  share: of all journeys with such a path
  converted: of those journeys, the ones that reached a goal
  conversion: converted / journeys
  conversion_low: lower end of its interval
  conversion_high: upper end
  median_s: median seconds from its first contact to its last
*/
{common}
    {from:Array(String)} AS origins,
    {to:Array(String)} AS aims,
    {ends:UInt32} AS shown,
    named AS
    (
        SELECT
            customer, is_converted, times,
            arrayFilter(name -> name != '', multiIf({of:String} = 'stage', stages, {of:String} = 'channel', channels, path) AS each_name) AS names,
            arrayFilter((moment, name) -> name != '', times, each_name) AS moments,
            if(empty(origins), 1, arrayFirstIndex(name -> has(origins, name), names)) AS origin,
            if(empty(aims), length(names), arrayFirstIndex((name, no) -> no >= origin AND has(aims, name), names, arrayEnumerate(names))) AS aim
        FROM taken
    ),
    cut AS
    (
        SELECT
            customer, is_converted,
            arraySlice(names, origin, aim - origin + 1) AS whole,
            if({repeats:String} = 'kept', whole, arrayCompact(whole)) AS steps_each,
            if(shown > 0 AND length(steps_each) > 2 * shown,
                arrayConcat(arraySlice(steps_each, 1, shown), ['…'], arraySlice(steps_each, -toInt64(shown))), steps_each) AS folded,
            dateDiff('millisecond', moments[origin], moments[aim]) / 1000 AS seconds
        FROM named
        WHERE notEmpty(names) AND origin > 0 AND aim > 0
    )
SELECT
    arrayStringConcat(folded, ' > ') AS path,
    toUInt32(quantileExact(0.5)(length(steps_each))) AS steps,
    count() AS journeys,
    uniqExact(customer) AS customers,
    journeys / sum(journeys) OVER () AS share,
    countIf(is_converted) AS converted,
    converted / journeys AS conversion,
    wilson_low(conversion, journeys) AS conversion_low,
    wilson_high(conversion, journeys) AS conversion_high,
    quantileExact(0.5)(seconds) AS median_s
FROM cut
GROUP BY folded
ORDER BY journeys DESC, path
LIMIT {limit:UInt32}
