/*
title: Evidence of a pain point
words: >
  The customers behind a pain point: who came to harm at a touchpoint, when, and what they said in
  their own words.
formula: the journeys counted in harmed by pain_points, for this touchpoint and kind
source: journeys, comments
unit: journeys
small_samples: Every journey is shown, however few they are; limit cuts off the older ones.
notes: Those who said something stand first, then the latest. Words are the customers' own, and personal data.
parameters:
  touchpoint: {words: "where it hurts"}
  kind: {default: drops, choices: [drops, returns, rates_low, waits, abandons, repeats], words: "how"}
  stage: {words: "at which stage; empty: at any"}
  share: {form: share, default: "0.9", words: "of all waits at a stage, those that are not too long"}
  returned: {form: list, default: "return,refunded", words: "outcomes or touchpoints by which something is given back"}
  abandoned: {form: list, default: "abandoned", words: "outcomes of a contact that was given up"}
  limit: {form: number, default: "50", words: "rows"}
columns:
  customer_id: the customer, or the account
  journey_no: the customer's journey
  stage: the stage of the touchpoint there
  at: when the journey first came to it
  quotes: what the customer said from then on to the journey's end
*/
{common}
{judged}
    suffered AS
    (
        SELECT customer_id, journey_no, stage, moment
        FROM judged
        ARRAY JOIN names AS name, moments AS moment, harms AS harm
        WHERE name = {touchpoint:String} AND ({stage:String} = '' OR stage = {stage:String})
            -- Places count from 1: by a kind there is not, the lowest bit, nobody came to harm.
            AND bitTest(bitShiftLeft(toUInt16(harm), 1), indexOf(kinds, {kind:String}))
    ),
    later AS
    (
        SELECT customer_id, journey_no, suffered.stage AS stage, moment, occurred_at, source, event_id
        FROM suffered
        INNER JOIN taken USING (customer_id, journey_no)
        ARRAY JOIN times AS occurred_at, taken.sources AS source, event_ids AS event_id
        WHERE occurred_at >= moment
    )
SELECT
    customer_id, journey_no, later.stage AS stage,
    moment AS at,
    arrayMap(said -> said.2, arraySort(groupArrayIf((later.occurred_at, comment), comment != ''))) AS quotes
FROM later
LEFT JOIN (SELECT source, event_id, comment FROM comments) AS told
    ON told.source = later.source AND told.event_id = later.event_id
GROUP BY customer_id, journey_no, stage, at
ORDER BY notEmpty(quotes) DESC, at DESC, customer_id, journey_no
LIMIT {limit:UInt32}
