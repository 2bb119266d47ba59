/*
title: Touchpoints
words: >
  Where journeys come by: each touchpoint by the stage it was met in, how often, in how many
  journeys, on which channels, and how people felt there.
formula: >
  share = journeys / all journeys asked for; emotion = mean of the answers, from -1 to +1. The sum
  of steps is that of all journeys asked for.
source: journeys, steps
unit: journeys and steps; emotion from -1 to +1
small_samples: >
  The emotion comes with its n and an interval of 95 % that holds for any answers between the ends
  of the scale (Wilson's of (1 + mean) / 2): wide for few. NULL where nobody said anything.
keys: [touchpoint, stage]
compared:
  emotion: [emotion_low, emotion_high]
columns:
  touchpoint: its name
  stage: the stage it was met in; empty when none
  steps: how often
  journeys: in how many journeys
  customers: of how many customers
  share: of all journeys
  channels: where, sorted
  n: steps of which the emotion is known
  emotion: its mean; NULL when none is
  emotion_low: lower end of its interval
  emotion_high: upper end
*/
{common}
    (SELECT count() FROM taken) AS asked
SELECT
    met.name AS touchpoint,
    met.stage AS stage,
    count() AS steps,
    countIf(nth = 1) AS journeys,
    uniqExact(customer) AS customers,
    journeys / asked AS share,
    arraySort(groupUniqArray(channel)) AS channels,
    count(felt) AS n,
    if(n = 0, NULL, avg(felt)) AS emotion,
    2 * wilson_low((emotion + 1) / 2, n) - 1 AS emotion_low,
    2 * wilson_high((emotion + 1) / 2, n) - 1 AS emotion_high
FROM
(
    SELECT customer, name, stage, channel, felt, nth
    FROM taken
    ARRAY JOIN
        path AS name, stages AS stage, taken.channels AS channel, emotions AS felt,
        arrayEnumerateUniq(path, stages) AS nth
) AS met
GROUP BY met.name, met.stage
ORDER BY steps DESC, touchpoint, stage
