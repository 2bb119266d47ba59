/*
title: Pain points
words: >
  Touchpoints after which customers drop off, give something back, rate low, wait, abandon or come
  again more often than those at the same stage who did not have them.
formula: >
  severity = rate - other_rate, where rate = harmed / journeys and other_rate = other_harmed /
  other_journeys; its interval is Newcombe's, of two Wilson intervals; ratio = rate / other_rate, its
  interval exp(ln ratio +- 1.96 * sqrt(1 / harmed - 1 / journeys + 1 / other_harmed - 1 / other_journeys)).
  score = customers * severity: so many customers more than usual. is_sure = severity_low > 0
source: journeys
unit: customers
small_samples: >
  A touchpoint stands here only when least journeys had it and least others did not. is_sure 0: chance
  could have done it. Of a hundred touchpoints without any effect two or three look sure.
notes: |
  Journeys are those that are over for every feed that is alive; those at a stage are those with a
  contact of it. From the first contact of the touchpoint on:
  drops: no goal comes any more; of journeys that had not reached one.
  returns: a contact follows whose outcome or name is among returned.
  rates_low: the next emotion that is known, from that contact on, is below 0; where one is known.
  waits: it waited longer there than the share-th quantile of all waits at the stage; where it queued.
  abandons: its outcome is among abandoned; where one is known.
  repeats: the same touchpoint comes again at the stage.
  Of others the first three count once a journey, from its first contact at the stage; the rest for each
  touchpoint there.
  Who has a touchpoint may be another sort of customer: what is compared here was not drawn by lot.
parameters:
  least: {form: number, default: "30", words: "journeys needed on both sides"}
  share: {form: share, default: "0.9", words: "of all waits at a stage, those that are not too long"}
  returned: {form: list, default: "return,refunded", words: "outcomes or touchpoints by which something is given back"}
  abandoned: {form: list, default: "abandoned", words: "outcomes of a contact that was given up"}
  limit: {form: number, default: "50", words: "rows, the highest score first"}
columns:
  touchpoint: where it hurts
  stage: at which stage
  kind: drops, returns, rates_low, waits, abandons or repeats
  customers: customers with it who could have come to harm
  reach: of all customers at the stage who could have
  harmed_customers: of the customers, those who did in some journey
  journeys: journeys with it that could have come to harm
  harmed: of these, those that did
  rate: harmed / journeys
  other_journeys: the same at the stage without it
  other_harmed: of these, those that came to harm
  other_rate: other_harmed / other_journeys
  severity: rate - other_rate
  severity_low: lower end of its interval
  severity_high: upper end
  ratio: rate / other_rate
  ratio_low: lower end of its interval
  ratio_high: upper end
  is_sure: 1 when the interval of severity leaves out 0
  score: customers * severity
  owner: who answers for the touchpoint, or else for its stage; empty where the mapping names nobody
*/
{common}
{judged}
{pains}
    (harmed, journeys, other_harmed, other_journeys) -> 1.96 * sqrt(1 / harmed - 1 / journeys + 1 / other_harmed - 1 / other_journeys) AS ratio_margin
SELECT
    touchpoint, stage, kind,
    reached AS customers,
    reach,
    hurt AS harmed_customers,
    journeys, harmed, rate, other_journeys, other_harmed, other_rate,
    difference AS severity,
    low AS severity_low,
    high AS severity_high,
    rate / nullIf(other_rate, 0) AS ratio,
    ratio * exp(-ratio_margin(harmed, journeys, other_harmed, other_journeys)) AS ratio_low,
    ratio * exp(ratio_margin(harmed, journeys, other_harmed, other_journeys)) AS ratio_high,
    low > 0 AS is_sure,
    customers * severity AS score,
    owner_of(touchpoint, stage) AS owner
FROM pains
ORDER BY score DESC, touchpoint, stage, kind
LIMIT {limit:UInt32}
