/*
title: Attribution by model
words: >
  Which channels or touchpoints the conversions are owed to, by what would be missing without each:
  removal effect of a Markov chain, Shapley value, or one touch left out of each path.
formula: >
  markov: 1 - P(conversion | without the touch) / P(conversion), in a first-order chain of all
  journeys, those that converted and those that did not.
  shapley: mean over all orders of joining of rate(with it) - rate(without it), where a set's rate is
  that of the journeys that had no touch outside it.
  leave_one_out: of each path, shared by rate(path) - rate(path without the touch).
  markov and shapley are scaled so that credits add up to the conversions.
source: journeys
unit: conversions, and the currency of the values
small_samples: >
  journeys, the converted ones with a touch of it, stand beside the credit. Of few journeys effects
  are chance: ask for a longer period.
notes: |
  Touches are those of the measure attribution. Credits add up to the conversions, values to their
  value. shapley takes 15 different touches at most.
  What Snowplow's and Google's fractribution call Shapley is leave_one_out.
parameters:
  model: {default: markov, choices: [markov, shapley, leave_one_out], words: "how it is weighed"}
  of: {default: channel, choices: [channel, touchpoint, source], words: "what the credit goes to"}
  touches: {default: exposure, choices: [exposure, unique, all], words: "which steps are touches"}
then: credited
columns:
  touch: the channel, touchpoint or source
  journeys: converted journeys with it among the touches
  credit: conversions owed to it
  value: money owed to it
  effect: what the model found before it was scaled
*/
{common}
{touches}
    of_each AS (SELECT names, is_converted, value FROM touched)
SELECT
    names,
    countIf(is_converted) AS converted,
    toFloat64(sumIf(value, is_converted)) AS money,
    countIf(NOT is_converted) AS lost
FROM of_each
GROUP BY names
ORDER BY names
