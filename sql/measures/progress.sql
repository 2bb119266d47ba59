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
keys: [stage_no, stage, after_s]
compared:
  moved_on: [moved_on_low, moved_on_high]
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
{visits}
    followed AS
    (
        SELECT
            stage_no, stage,
            isNotNull(moved_at) AS has_moved,
            greatest(0, ifNull(toUnixTimestamp64Milli(moved_at), complete_to) - toUnixTimestamp64Milli(since)) AS followed
        FROM visits
    ),
    ranked AS
    (
        -- From the one followed longest down; of equal times those that moved on are the first at risk.
        SELECT
            stage_no, stage, followed, has_moved,
            row_number() OVER (PARTITION BY stage ORDER BY followed DESC, has_moved) AS at_risk
        FROM followed
    ),
    curve AS
    (
        SELECT
            stage_no, stage,
            count() AS journeys,
            max(followed) AS longest,
            sumForEach(arrayMap(after_s -> toUInt64(followed > after_s * 1000), {after:Array(Float64)})) AS left,
            -- One after the other, d at one time weigh what 1 - d / n does.
            sumForEach(arrayMap(after_s -> if(has_moved AND followed <= after_s * 1000, log(1 - 1 / at_risk), 0.), {after:Array(Float64)})) AS log_stayed,
            sumForEach(arrayMap(after_s -> if(has_moved AND followed <= after_s * 1000, 1 / (at_risk * (at_risk - 1)), 0.), {after:Array(Float64)})) AS variance
        FROM ranked
        GROUP BY stage_no, stage
    )
SELECT
    stage_no, stage, after_s, journeys,
    still AS at_risk,
    if(still = 0 AND longest < after_s * 1000, NULL, 1 - exp(logged)) AS moved_on,
    -- Where all have gone on nothing varies any more.
    if(isNull(moved_on), NULL, greatest(0, moved_on - (1.96 * (1 - moved_on) * if(moved_on = 1, 0., sqrt(varied)) AS margin))) AS moved_on_low,
    if(isNull(moved_on), NULL, least(1, moved_on + margin)) AS moved_on_high
FROM curve
ARRAY JOIN {after:Array(Float64)} AS after_s, left AS still, log_stayed AS logged, variance AS varied
ORDER BY stage_no, after_s
