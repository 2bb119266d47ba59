/*
title: Personas
words: >
  Who the customers are, by the rules of the mapping's personas: how many of each, how many of their
  journeys convert and how soon, how they feel, and where they come by most.
formula: >
  conversion = converted / journeys; share = customers / all customers asked for. The sum of
  customers is that of all customers asked for, that of journeys likewise.
source: journeys, identities, touchpoints
unit: customers; journeys; seconds; emotion from -1 to +1
small_samples: >
  The conversion comes with a Wilson interval of 95 %, the emotion with its n and such an interval
  of (1 + mean) / 2. NULL where nobody said anything, or nothing converted.
notes: |
  A customer is of the first persona in the mapping that fits, by all their journeys of the
  definition, not only those asked for. none: no persona fits.
columns:
  persona: its name
  customers: customers of it
  share: of all customers
  journeys: their journeys
  converted: of those, the ones that reached a goal
  conversion: converted / journeys
  conversion_low: lower end of its interval
  conversion_high: upper end
  median_s: median seconds from a journey's start to its first goal
  n: journeys of which the emotion is known
  emotion: mean over those journeys
  emotion_low: lower end of its interval
  emotion_high: upper end
  touchpoints: the three that most of the journeys come by
*/
{common}
    (SELECT uniqExact(customer_id) FROM taken) AS asked
SELECT
    persona,
    uniqExact(one.customer_id) AS customers,
    customers / asked AS share,
    count() AS journeys,
    countIf(one.is_converted) AS converted,
    converted / journeys AS conversion,
    wilson_low(conversion, journeys) AS conversion_low,
    wilson_high(conversion, journeys) AS conversion_high,
    if(converted = 0, NULL, quantileExactIf(0.5)(dateDiff('millisecond', one.started_at, assumeNotNull(one.converted_at)) / 1000, one.is_converted)) AS median_s,
    count(one.emotion) AS n,
    if(n = 0, NULL, avg(one.emotion)) AS emotion,
    2 * wilson_low((emotion + 1) / 2, n) - 1 AS emotion_low,
    2 * wilson_high((emotion + 1) / 2, n) - 1 AS emotion_high,
    arraySlice(arrayMap(met -> met.2, arraySort(arrayZip(arrayMap(times -> -toInt64(times), (sumMap(arrayDistinct(one.path), arrayMap(point -> toUInt64(1), arrayDistinct(one.path))) AS visits).2), visits.1))), 1, 3) AS touchpoints
FROM taken AS one
INNER JOIN persona_of ON persona_of.customer_id = one.customer_id
GROUP BY persona
ORDER BY customers DESC, persona
