/*
title: Times
words: >
  How long it takes from one stage, touchpoint or channel to the next, or from one named one to
  another: in calendar time, or in business hours.
formula: >
  exact quantiles of the time from the first contact of a run of the one to the first contact of the
  run of the next; with from and to: from the journey's first one to the first other after it
source: journeys
unit: seconds
small_samples: n stands beside them; of a single case all quantiles are that case.
notes: |
  Without from and to every run counts, loops too: a journey that comes back to a stage is there
  twice. What has no stage is passed over.
  Business hours are those of the clock on the wall in the zone; a time that lies wholly outside
  them is 0.
parameters:
  of: {default: stage, choices: [stage, touchpoint, channel], words: "what the times are between"}
  from: {form: list, default: "", words: "from any of these; empty: from each to the next"}
  to: {form: list, default: "", words: "to any of these"}
  hours: {form: hours, default: always, words: "business hours, as in mon-fri 09:00-18:00"}
  zone: {form: zone, default: UTC, words: "where that is the time"}
  limit: {form: number, default: "50", words: "rows, the most frequent first"}
keys: [from, to]
compared:
  p50_s: []
  p90_s: []
columns:
  from: the one
  to: the next
  n: how often
  customers: of how many customers
  p50_s: median seconds
  p75_s: 75th percentile
  p90_s: 90th percentile
  p95_s: 95th percentile
*/
{common}
    {from:Array(String)} AS origins,
    {to:Array(String)} AS aims,
    {days:Array(UInt8)} AS open_days,
    1000 * {opens_s:Int64} AS opens,
    1000 * {closes_s:Int64} AS closes,
    86400000 AS day,
    length(open_days) = 7 AND closes - opens = day AS is_always,
    -- Milliseconds on the wall's clock since Monday, 1969-12-29.
    moment -> toUnixTimestamp64Milli(moment) + 1000 * timeZoneOffset(toTimeZone(moment, {zone:String})) + 3 * day AS on_the_wall,
    -- Of them, those in business hours.
    wall -> (closes - opens) * (intDiv(wall, 7 * day) * length(open_days) + arrayCount(no -> no <= intDiv(wall, day) % 7, open_days))
        + if(has(open_days, intDiv(wall, day) % 7 + 1), greatest(0, least(wall % day, closes) - opens), 0) AS open_until,
    named AS
    (
        SELECT
            customer,
            multiIf({of:String} = 'stage', stages, {of:String} = 'channel', channels, path) AS each_name,
            arrayFilter(name -> name != '', each_name) AS names,
            arrayFilter((moment, name) -> name != '', times, each_name) AS moments,
            arrayMap((name, before, no) -> no = 1 OR name != before, names, arrayPopBack(arrayPushFront(names, '')), arrayEnumerate(names)) AS begins
        FROM taken
        WHERE notEmpty(arrayFilter(name -> name != '', each_name))
    ),
    runs AS
    (
        SELECT
            customer,
            arrayFilter((name, is_begin) -> is_begin, names, begins) AS run_names,
            arrayFilter((moment, is_begin) -> is_begin, moments, begins) AS run_times,
            arrayFirstIndex(name -> has(origins, name), run_names) AS origin,
            arrayFirstIndex((name, no) -> no > origin AND has(aims, name), run_names, arrayEnumerate(run_names)) AS aim
        FROM named
    ),
    hops AS
    (
        SELECT customer, hop.1 AS one, hop.2 AS other, hop.3 AS begun, hop.4 AS ended
        FROM runs
        ARRAY JOIN if(empty(origins),
            arrayZip(arrayPopBack(run_names), arrayPopFront(run_names), arrayPopBack(run_times), arrayPopFront(run_times)),
            arraySlice([(run_names[greatest(origin, 1)], run_names[greatest(aim, 1)], run_times[greatest(origin, 1)], run_times[greatest(aim, 1)])], 1, origin > 0 AND aim > 0)) AS hop
    ),
    timed AS
    (
        SELECT
            customer, one, other,
            if(is_always, toUnixTimestamp64Milli(ended) - toUnixTimestamp64Milli(begun), open_until(on_the_wall(ended)) - open_until(on_the_wall(begun))) / 1000 AS seconds
        FROM hops
    )
SELECT
    one AS `from`,
    other AS `to`,
    count() AS n,
    uniqExact(customer) AS customers,
    quantileExact(0.5)(seconds) AS p50_s,
    quantileExact(0.75)(seconds) AS p75_s,
    quantileExact(0.9)(seconds) AS p90_s,
    quantileExact(0.95)(seconds) AS p95_s
FROM timed
GROUP BY one, other
ORDER BY n DESC, one, other
LIMIT {limit:UInt32}
