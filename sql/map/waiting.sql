-- Journey map, waiting and trouble: contacts of each stage that stood in a queue (or gave up), how
-- long the wait was, how many gave up, and how many journeys needed such a contact more than once.
-- The waits are NaN where none is known.
{common}
    queued AS
    (
        SELECT customer_id, journey_no, stage, wait_s, outcome
        FROM taken
        ARRAY JOIN stages AS stage, stage_nos AS stage_no, waits_s AS wait_s, outcomes AS outcome
        WHERE stage_no > 0 AND (isNotNull(wait_s) OR outcome = 'abandoned')
    )
SELECT
    stage,
    sum(contacts_each) AS contacts,
    sum(abandoned_each) AS abandoned,
    sum(length(waits)) AS waited,
    quantileExactArray(0.5)(waits) AS median_wait_s,
    quantileExactArray(0.9)(waits) AS p90_wait_s,
    count() AS journeys,
    countIf(contacts_each > 1) AS journeys_again
FROM
(
    SELECT
        stage, customer_id, journey_no,
        count() AS contacts_each,
        countIf(outcome = 'abandoned') AS abandoned_each,
        arrayMap(s -> assumeNotNull(s), groupArray(wait_s)) AS waits
    FROM queued
    GROUP BY stage, customer_id, journey_no
)
GROUP BY stage
ORDER BY stage
