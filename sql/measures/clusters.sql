/*
title: Clusters
words: >
  Which kinds of customers there are, found rather than told: customers whose journeys are alike, in
  words, with the touchpoints that set them apart, how many they are and how often they convert.
formula: >
  k-means of what each customer did: shares of channels, shares of touchpoints, and (journeys, steps,
  money, conversions, emotion, waiting), each of the three with the same weight. The number of
  clusters, unless given, is that of 2 to 8 with the greatest mean silhouette.
  lift = share of the cluster's customers who met the touchpoint / share of the other customers who
  did; the highest come first. conversion = converted / journeys.
source: journeys
unit: customers; journeys; money a customer; emotion from -1 to +1; seconds
small_samples: >
  A cluster of fewer than `least` customers is shown as none: they are counted in `rest`. Conversion
  comes with a Wilson interval of 95 %. NULL where nothing is known.
notes: >
  Nothing is left to chance: the same journeys give the same clusters, in whatever order they came.
  They begin from the whole, of which again and again the most mixed cluster is parted at the middle
  of its longest axis (Su and Dy 2007); so a few customers more or less move them little.

  A cluster is named after the touchpoint that sets it apart most, ordinary where none does.

  silhouette: from -1 to 1, how much nearer its customers are to each other than to the next cluster;
  under 0.25 clusters are hardly more than a manner of speaking.

  Of more than `sample` customers those with the least hashes are looked at, always the same ones,
  and counted.
parameters:
  clusters: {form: number, default: "0", most: 8, words: "how many; 0: as many as there are"}
  least: {form: number, default: "20", words: "customers that a cluster has at least"}
  sample: {form: number, default: "20000", most: 100000, words: "customers looked at, at most"}
  lang: {default: en, choices: [en, ru, bg], words: "language of the words"}
then: clustered
keys: [cluster]
columns:
  cluster: its name; rest, for those of small clusters
  words: what is said of it, the most telling first
  customers: customers of it
  share: of the customers looked at
  journeys: their journeys
  converted: of those, the ones that reached a goal
  conversion: converted / journeys
  conversion_low: lower end of its interval
  conversion_high: upper end
  steps_each: mean steps of a customer
  value_each: mean money of a customer
  n: customers of whom the emotion is known
  emotion: mean over those customers
  wait_s: mean seconds in a queue, over the customers who queued
  silhouette: how well it stands apart
  touchpoints: the three at most that set it apart
  lifts: how many times as many of its customers met them as of the others; NULL where no other did
  examples: three customers nearest to its middle
*/
{common}
    1 AS once
SELECT
    customer_id,
    count() AS journey_count,
    countIf(is_converted) AS converted,
    sum(step_count) AS step_sum,
    toFloat64(sum(value)) AS money,
    if(count(emotion) = 0, NULL, avg(emotion)) AS felt,
    sum(arraySum(wait -> ifNull(wait, 0), waits_s)) / nullIf(sum(arrayCount(wait -> isNotNull(wait), waits_s)), 0) AS waited,
    sumMap(channels, arrayWithConstant(length(channels), toUInt64(once))) AS used,
    sumMap(path, arrayWithConstant(length(path), toUInt64(once))) AS met
FROM taken
GROUP BY customer_id
ORDER BY cityHash64(customer_id), customer_id
LIMIT {sample:UInt32}
