/*
title: Progress
words: >
  How soon journeys that come to a stage go on to a later one: the share that has, after an hour, a
  day, a week, with those counted in whose time is not over yet.
formula: >
  Kaplan-Meier: 1 - product over all moments t up to then of (1 - moved(t) / at_risk(t)). A journey
  that has not gone on is followed as far as every feed that is alive has come.
source: journeys
unit: share of journeys
small_samples: >
  With an interval of 95 % (Greenwood). NULL beyond the longest time anybody has been followed for.
notes: |
  A stage is left behind when the journey reaches one that comes later in the definition; time runs
  from its first visit. A journey that ended without going on never will, and stays at risk.
parameters:
  after: {form: durations, default: "1h, 6h, 1d, 3d, 7d, 14d, 30d, 60d, 90d", words: "the times to show"}
columns:
  stage_no: place of the stage in the definition's order
  stage: the stage
  after_s: seconds since its first visit
  journeys: journeys that came to the stage
  at_risk: of them, those that have not gone on by then and are followed further
  moved_on: share that has gone on by then
  moved_on_low: lower end of its interval
  moved_on_high: upper end
*/
{common}
    visits AS
    (
        SELECT
            visit.1 AS stage_no,
            visit.2 AS stage,
            indexOf(stage_nos, stage_no) AS place,
            toUnixTimestamp64Milli(times[place]) AS entered,
            arrayFirstIndex(no -> no > stage_no, arraySlice(stage_nos, place + 1)) AS ahead,
            ahead > 0 AS has_moved,
            greatest(0, if(has_moved, toUnixTimestamp64Milli(times[place + ahead]), complete_to) - entered) AS followed
        FROM taken
        ARRAY JOIN arrayFilter(seen -> seen.1 > 0, arrayDistinct(arrayZip(stage_nos, stages))) AS visit
    ),
    moments AS
    (
        SELECT stage_no, stage, followed, countIf(has_moved) AS moved, count() AS ended
        FROM visits
        GROUP BY stage_no, stage, followed
    ),
    curve AS
    (
        SELECT
            stage_no, stage, followed,
            at_risk - ended AS left,
            max(at_risk) OVER (PARTITION BY stage) AS journeys,
            sum(log(1 - moved / at_risk)) OVER (PARTITION BY stage ORDER BY followed) AS log_stayed,
            sum(moved / (at_risk * (at_risk - moved))) OVER (PARTITION BY stage ORDER BY followed) AS variance
        FROM (SELECT *, sum(ended) OVER (PARTITION BY stage ORDER BY followed DESC) AS at_risk FROM moments)
    ),
    asked AS
    (
        SELECT stage_no, stage, journeys, after_s, toInt64(after_s * 1000) AS after_ms
        FROM (SELECT stage_no, stage, any(curve.journeys) AS journeys FROM curve GROUP BY stage_no, stage)
        ARRAY JOIN {after:Array(Float64)} AS after_s
    )
SELECT
    asked.stage_no AS stage_no,
    asked.stage AS stage,
    asked.after_s AS after_s,
    asked.journeys AS journeys,
    if(curve.journeys = 0, asked.journeys, curve.left) AS at_risk,
    multiIf(curve.journeys = 0, 0., at_risk = 0 AND curve.followed < asked.after_ms, NULL, 1 - exp(curve.log_stayed)) AS moved_on,
    -- Where all have gone on nothing varies any more.
    greatest(0, moved_on - (1.96 * (1 - moved_on) * if(moved_on = 1 OR curve.journeys = 0, 0., sqrt(curve.variance)) AS margin)) AS moved_on_low,
    least(1, moved_on + margin) AS moved_on_high
FROM asked
ASOF LEFT JOIN curve ON curve.stage = asked.stage AND curve.followed <= asked.after_ms
ORDER BY stage_no, after_s
