-- Journey map, waiting and trouble: contacts of each stage that stood in a queue (or gave up), how
-- long the wait was, how many gave up, and how many journeys needed such a contact more than once.
-- The waits are NaN where none is known.
SELECT
    stage_no,
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
        stage_no, customer_id, journey_no,
        count() AS contacts_each,
        countIf(outcome = 'abandoned') AS abandoned_each,
        arrayMap(s -> assumeNotNull(s), groupArray(wait_s)) AS waits
    FROM steps
    WHERE definition = {definition:String} AND stage_no > 0
        AND (wait_s IS NOT NULL OR outcome = 'abandoned')
    GROUP BY stage_no, customer_id, journey_no
)
GROUP BY stage_no
ORDER BY stage_no
