/*
title: Attribution
words: >
  Which channels or touchpoints the conversions are owed to, by eight rules of thumb at once, in
  conversions and in money.
formula: >
  first, last: 1 to that touch. last_non_direct: to the last that is not direct, if there is one.
  linear: 1 / n to each of n. time_decay: 2 ^ (-seconds before the goal / half_life), scaled to 1.
  u: 0.4, 0.2 shared by those between, 0.4; j: 0.2, 0.2, 0.6; inverse_j: 0.6, 0.2, 0.2; of two touches
  the ends alone, scaled to 1; of one, 1.
source: journeys
unit: conversions, and the currency of the values
small_samples: journeys, the converted ones with a touch of it, stand beside the credits.
notes: |
  A conversion is a converted journey, its value all its money. Touches are the steps before its first
  goal, within the definition's look-back window; where there is none, the goal itself is the touch.
  In each rule the credits add up to the conversions, and the values to their value.
  touches: repeats of the same in a row count once (exposure), the same anywhere counts once where it
  came first (unique), or each counts (all).
parameters:
  of: {default: channel, choices: [channel, touchpoint, source], words: "what the credit goes to"}
  touches: {default: exposure, choices: [exposure, unique, all], words: "which steps are touches"}
  direct: {form: list, default: "web", words: "what last_non_direct passes over"}
  half_life: {form: duration, default: 7d, words: "after which a touch counts half, in time_decay"}
columns:
  touch: the channel, touchpoint or source
  journeys: converted journeys with it among the touches
  first: conversions owed to it, as the first touch
  last: as the last touch
  last_non_direct: as the last that is not direct
  linear: all alike
  time_decay: the later the more
  u: ends first
  j: the last one above all
  inverse_j: the first one above all
  first_value: the same in money
  last_value: the same in money
  last_non_direct_value: the same in money
  linear_value: the same in money
  time_decay_value: the same in money
  u_value: the same in money
  j_value: the same in money
  inverse_j_value: the same in money
*/
{common}
    -- Shares of n touches by their places, where those at the ends have shares of their own.
    (places, n, head, tail) -> arrayMap(
        place -> multiIf(n = 1, 1., n = 2, if(place = 1, head, tail) / (head + tail), place = 1, head, place = n, tail, (1 - head - tail) / (n - 2)),
        places) AS ends,
{touches}
    weighed AS
    (
        SELECT
            customer, journey_no, value, names,
            length(names) AS n,
            arrayEnumerate(names) AS places,
            arrayLastIndex(name -> NOT has({direct:Array(String)}, name), names) AS not_direct,
            ages[-1] AS latest,
            arrayMap(age -> exp2((latest - age) / {half_life:Float64}), ages) AS decayed,
            arraySum(decayed) AS decayed_sum
        FROM touched
        WHERE is_converted
    ),
    credited AS
    (
        SELECT
            customer, journey_no, value, name, share
        FROM weighed
        ARRAY JOIN
            names AS name,
            arrayZip(
                arrayMap(place -> toFloat64(place = 1), places),
                arrayMap(place -> toFloat64(place = n), places),
                arrayMap(place -> toFloat64(place = if(not_direct > 0, not_direct, n)), places),
                arrayWithConstant(n, 1 / n),
                arrayMap(weight -> weight / decayed_sum, decayed),
                ends(places, n, 0.4, 0.4), ends(places, n, 0.2, 0.6), ends(places, n, 0.6, 0.2)
            ) AS share
    )
SELECT
    name AS touch,
    uniqExact(customer, journey_no) AS journeys,
    sum(share.1) AS first,
    sum(share.2) AS last,
    sum(share.3) AS last_non_direct,
    sum(share.4) AS linear,
    sum(share.5) AS time_decay,
    sum(share.6) AS u,
    sum(share.7) AS j,
    sum(share.8) AS inverse_j,
    sum(share.1 * toFloat64(value)) AS first_value,
    sum(share.2 * toFloat64(value)) AS last_value,
    sum(share.3 * toFloat64(value)) AS last_non_direct_value,
    sum(share.4 * toFloat64(value)) AS linear_value,
    sum(share.5 * toFloat64(value)) AS time_decay_value,
    sum(share.6 * toFloat64(value)) AS u_value,
    sum(share.7 * toFloat64(value)) AS j_value,
    sum(share.8 * toFloat64(value)) AS inverse_j_value
FROM credited
GROUP BY name
ORDER BY linear DESC, touch
