/*
title: Stuck customers
words: >
  Who stands still: open journeys that have been without a next stage for longer than nine in ten of
  those that did go on from there needed.
formula: >
  waiting_s > patience_s, where patience_s is the share-th quantile of the time that journeys took
  from the first visit of their furthest stage to the next one
source: journeys
unit: customers
small_samples: >
  A stage that fewer than least journeys have gone on from has no patience of its own, and nobody is
  called stuck in it.
notes: |
  The clock is the data's. Converted journeys and those in the last stage wait for nothing.
  The times to go on are those of the journeys asked for: ask for a period long enough.
parameters:
  share: {form: share, default: "0.9", words: "how many of those that went on are faster"}
  least: {form: number, default: "20", words: "journeys that must have gone on from a stage"}
  limit: {form: number, default: "100", words: "rows, who has waited longest beyond patience first"}
columns:
  customer_id: the customer, or the account
  journey_no: the customer's journey
  stage: the furthest stage it has come to
  touchpoint: its last contact
  channel: where that was
  stage_since: when it first came to that stage
  last_at: time of the last contact
  waiting_s: seconds since it came there
  patience_s: seconds after which the given share of those who went on had done so
  times_over: waiting_s / patience_s
*/
{common}
    (SELECT max(last_occurred_at) FROM feeds) AS watermark,
{visits}
    patience AS
    (
        SELECT stage, quantileExact({share:Float64})(dateDiff('millisecond', since, assumeNotNull(moved_at)) / 1000) AS patience_s
        FROM visits
        WHERE isNotNull(moved_at)
        GROUP BY stage
        HAVING count() >= {least:UInt32}
    )
SELECT
    customer_id, journey_no, stage,
    path[-1] AS touchpoint,
    channels[-1] AS channel,
    since AS stage_since,
    ended_at AS last_at,
    dateDiff('millisecond', since, assumeNotNull(watermark)) / 1000 AS waiting_s,
    patience_s,
    waiting_s / nullIf(patience_s, 0) AS times_over
FROM visits
INNER JOIN patience ON patience.stage = visits.stage
WHERE is_open AND NOT is_converted AND stage_no = furthest AND waiting_s > patience_s
ORDER BY times_over DESC NULLS FIRST, waiting_s DESC, customer_id, journey_no
LIMIT {limit:UInt32}
