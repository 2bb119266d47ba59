-- Every partition of the ledger: the range its batches span, and what they add up to.
--
-- wrong        batches whose numbers contradict each other
-- read_twice   offsets that more than one batch covers: redelivered, and counted once by the views
SELECT
    toString(topic) AS topic,
    partition,
    min(first_offset) AS first,
    max(last_offset) AS last,
    count() AS batches,
    sum(batch.records) AS records,
    sum(batch.stored) AS stored,
    sum(batch.dropped) AS dropped,
    sum(batch.dead_letters) AS dead_letters,
    sum(length(batch.event_keys)) AS events,
    countIf(
        batch.records != batch.stored + batch.dropped + batch.dead_letters
        OR batch.records = 0
        OR toInt64(batch.records) > last_offset - first_offset + 1
    ) AS wrong,
    sum(greatest(0, least(last_offset, reached) - first_offset + 1)) AS read_twice
FROM
(
    SELECT
        topic, partition, first_offset, last_offset, records, stored, dropped, dead_letters, event_keys,
        if(
            row_number() OVER (PARTITION BY topic, partition ORDER BY first_offset) = 1,
            first_offset - 1,
            max(last_offset) OVER (
                PARTITION BY topic, partition ORDER BY first_offset
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        ) AS reached
    FROM batch_log FINAL
) AS batch
GROUP BY topic, partition
ORDER BY topic, partition
