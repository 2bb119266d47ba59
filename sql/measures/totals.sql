/*
title: Totals
words: >
  All journeys asked for at a glance: how many, of how many customers, how long, how many convert, what
  they are worth and how they felt. What the other measures say adds up to this.
formula: >
  conversion = converted / journeys; steps_each = steps / journeys; value_each = value / journeys
source: journeys
unit: journeys; steps; seconds; money in the currency of the values; emotion from -1 to +1
small_samples: >
  The conversion comes with a Wilson interval of 95 %, the emotion with its n and such an interval of
  (1 + mean) / 2. Of no journeys all shares and means are NULL.
keys: []
compared:
  conversion: [conversion_low, conversion_high]
  steps_each: []
  median_s: []
  to_goal_s: []
  value_each: []
  emotion: [emotion_low, emotion_high]
columns:
  journeys: all that are asked for
  customers: of how many customers
  steps: contacts in them
  steps_each: a journey
  still_open: journeys that are open
  converted: journeys that reached a goal
  conversion: converted / journeys
  conversion_low: lower end of its interval
  conversion_high: upper end
  median_s: median seconds from a journey's first contact to its last
  to_goal_s: median seconds from its first contact to its first goal, of those that reached one
  value: money in all of them
  value_each: a journey
  n: journeys of which the emotion is known
  emotion: mean over those journeys
  emotion_low: lower end of its interval
  emotion_high: upper end
*/
{common}
    nullIf(journeys, 0) AS some
SELECT
    count() AS journeys,
    uniqExact(customer) AS customers,
    sum(step_count) AS steps,
    steps / some AS steps_each,
    countIf(is_open) AS still_open,
    countIf(is_converted) AS converted,
    converted / some AS conversion,
    wilson_low(conversion, journeys) AS conversion_low,
    wilson_high(conversion, journeys) AS conversion_high,
    if(journeys = 0, NULL, quantileExact(0.5)(duration_s)) AS median_s,
    if(converted = 0, NULL, quantileExactIf(0.5)(dateDiff('millisecond', started_at, assumeNotNull(converted_at)) / 1000, is_converted = 1)) AS to_goal_s,
    sum(taken.value) AS value,
    toFloat64(value) / some AS value_each,
    count(taken.emotion) AS n,
    if(n = 0, NULL, avg(taken.emotion)) AS emotion,
    2 * wilson_low((emotion + 1) / 2, n) - 1 AS emotion_low,
    2 * wilson_high((emotion + 1) / 2, n) - 1 AS emotion_high
FROM taken
