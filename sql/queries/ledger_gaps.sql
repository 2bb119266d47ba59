-- Offsets between two batches of a partition that no batch covers.
--
-- replays   whether a range that was read again by cjm replay counts as covered
WITH
    span AS
    (
        SELECT toString(topic) AS topic, partition, min(first_offset) AS first, max(last_offset) AS last
        FROM batch_log FINAL
        WHERE NOT startsWith(topic, 'replay:')
        GROUP BY topic, partition
    ),
    covered AS
    (
        SELECT toString(topic) AS topic, partition, first_offset, last_offset
        FROM batch_log FINAL
        WHERE NOT startsWith(topic, 'replay:')
        UNION ALL
        -- Those outside the worker's own span would make gaps where there are none.
        SELECT span.topic, span.partition, first_offset, last_offset
        FROM batch_log FINAL
        INNER JOIN span ON span.topic = substring(batch_log.topic, 8) AND span.partition = batch_log.partition
        WHERE {replays:Bool} AND startsWith(batch_log.topic, 'replay:')
            AND last_offset >= span.first AND first_offset <= span.last
    )
SELECT topic, partition, reached + 1 AS first, first_offset - 1 AS last
FROM
(
    SELECT
        topic, partition, first_offset,
        if(
            row_number() OVER (PARTITION BY topic, partition ORDER BY first_offset, last_offset) = 1,
            first_offset - 1,
            max(last_offset) OVER (
                PARTITION BY topic, partition ORDER BY first_offset, last_offset
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        ) AS reached
    FROM covered
)
WHERE first_offset > reached + 1
ORDER BY topic, partition, first
