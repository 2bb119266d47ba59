/*
title: Opportunities
words: >
  Which pain points are worth mending first: how many customers they reach, how much worse these fare,
  what that may cost, and how far the data is to be trusted.
formula: >
  opportunity = customers * severity * value * confidence; severity = rate - other_rate as in
  pain_points; value = converted_value * at_stake, where converted_value is the mean value of the
  converted journeys asked for and at_stake is 1 for drops, else the parameter; confidence =
  max(0, severity_low / severity), so that severity * confidence is the low end of severity's interval.
source: journeys
unit: money, in the currency of the values
small_samples: >
  As in pain_points; a pain that chance could have made has confidence 0 and is worth 0. value and
  opportunity are NULL where no journey converted.
notes: |
  at_stake is no measurement but a judgement: what part of a lost order a customer is taken to cost who
  waited, repeated, abandoned, gave back or rated low. Set it, or read customers, severity and confidence alone.
  What would be gained only if the touchpoint is the cause and all of it is mended; cjm fix add and the
  measure before_after tell afterwards.
parameters:
  least: {form: number, default: "30", words: "journeys needed on both sides"}
  at_stake: {form: share, default: "0.1", words: "part of a converted journey's value, for pains other than drops"}
  share: {form: share, default: "0.9", words: "of all waits at a stage, those that are not too long"}
  returned: {form: list, default: "return,refunded", words: "outcomes or touchpoints by which something is given back"}
  abandoned: {form: list, default: "abandoned", words: "outcomes of a contact that was given up"}
  limit: {form: number, default: "20", words: "rows, the greatest opportunity first"}
columns:
  touchpoint: where it hurts
  stage: at which stage
  kind: drops, returns, rates_low, waits, abandons or repeats
  opportunity: customers * severity * value * confidence
  customers: customers with it who could have come to harm
  severity: rate - other_rate
  value: converted_value * at_stake
  confidence: severity_low / severity, 0 at least
  rate: share of journeys with it that came to harm
  other_rate: the same without it
  severity_low: lower end of severity's interval
  severity_high: upper end
  converted_value: mean value of a converted journey
  at_stake: 1 for drops, else the parameter
  owner: who answers for the touchpoint, or else for its stage; empty where the mapping names nobody
*/
{common}
{judged}
{pains}
    (SELECT avgOrNull(toFloat64(value)) FROM closed WHERE is_converted) AS mean_value
SELECT
    touchpoint, stage, kind,
    customers * severity * value * confidence AS opportunity,
    reached AS customers,
    difference AS severity,
    converted_value * at_stake AS value,
    greatest(0, low / difference) AS confidence,
    rate, other_rate,
    low AS severity_low,
    high AS severity_high,
    mean_value AS converted_value,
    if(kind = 'drops', 1, {at_stake:Float64}) AS at_stake,
    owner_of(touchpoint, stage) AS owner
FROM pains
ORDER BY opportunity DESC NULLS LAST, customers * severity * confidence DESC, touchpoint, stage, kind
LIMIT {limit:UInt32}
