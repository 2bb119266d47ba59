-- The tables recounted by the addresses their rows carry.
--
-- found    records that events or dead letters stand for
-- astray   of them those no batch covers although later ones are covered
-- beyond   of them those after all that is covered: a batch at work, or one that was cut off
WITH
    covered AS
    (
        SELECT
            replaceRegexpOne(toString(batch_log.topic), '^replay:', '') AS topic, partition, first_offset,
            -- Of the batches that begin before an offset any may reach it, not the nearest only.
            max(last_offset) OVER (PARTITION BY topic, partition ORDER BY first_offset) + 1 AS next
        FROM batch_log FINAL
    ),
    ends AS (SELECT topic, partition, max(next) AS end FROM covered GROUP BY topic, partition)
SELECT
    topic,
    partition,
    groupBitmap(toUInt64(offset)) AS found,
    groupBitmapIf(toUInt64(offset), offset >= next AND offset < end) AS astray,
    groupBitmapIf(toUInt64(offset), offset >= next AND offset >= end) AS beyond,
    minIf(offset, offset >= next) AS first_outside
FROM
(
    SELECT written.topic AS topic, written.partition AS partition, written.offset AS offset, covered.next AS next
    FROM
    (
        SELECT toString(event_log.topic) AS topic, partition, offset FROM event_log
        UNION ALL
        SELECT toString(dead_letter_log.topic), partition, offset FROM dead_letter_log
    ) AS written
    ASOF LEFT JOIN covered
        ON covered.topic = written.topic AND covered.partition = written.partition
        AND written.offset >= covered.first_offset
) AS placed
LEFT JOIN ends USING (topic, partition)
GROUP BY topic, partition
ORDER BY topic, partition
