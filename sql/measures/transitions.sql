/*
title: Transitions
words: >
  What follows what, loops kept: for each pair how often, how fast, and what part of all ways out of
  the first it is.
formula: >
  share = transitions / all transitions out of `from`; sum of transitions = contacts - journeys
source: journeys
unit: transitions
small_samples: n stands beside the share; limit cuts the rare ones off.
notes: |
  With repeats collapsed the same several times in a row is one contact, and no loop of one is left.
parameters:
  of: {default: touchpoint, choices: [touchpoint, stage, channel], words: "what follows what"}
  repeats: {default: kept, choices: [kept, collapsed], words: "whether the same several times in a row counts once"}
  limit: {form: number, default: "100", words: "rows, the most frequent first"}
keys: [from, to]
compared:
  share: []
  median_s: []
columns:
  from: the one
  to: the next; the same where it is a loop
  transitions: how often
  journeys: in how many journeys
  customers: of how many customers
  share: of all ways out of the first
  median_s: median seconds from the one to the other
*/
{common}
{named}
    hops AS
    (
        SELECT customer, nth, one, other, dateDiff('millisecond', begun, ended) / 1000 AS seconds
        FROM named
        ARRAY JOIN
            arrayPopBack(names) AS one, arrayPopFront(names) AS other,
            arrayEnumerateUniq(arrayPopBack(names), arrayPopFront(names)) AS nth,
            arrayPopBack(moments) AS begun, arrayPopFront(moments) AS ended
    )
SELECT
    one AS `from`,
    other AS `to`,
    count() AS transitions,
    countIf(nth = 1) AS journeys,
    uniqExact(customer) AS customers,
    transitions / sum(transitions) OVER (PARTITION BY one) AS share,
    quantileExact(0.5)(seconds) AS median_s
FROM hops
GROUP BY one, other
ORDER BY transitions DESC, one, other
LIMIT {limit:UInt32}
