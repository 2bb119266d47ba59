-- What did the customer tell us, in their own words? Comments are few: joined with the customer's steps
-- they are all read once, while a condition would be tried on every event there is.
SELECT
    said.occurred_at AS occurred_at, touchpoint, channel, metric, score, comment
FROM comments AS said
INNER JOIN
(
    SELECT source, event_id
    FROM steps
    WHERE definition = decodeURLComponent('${definition:percentencode}')
        AND customer_id = decodeURLComponent('${customer:percentencode}')
) AS mine ON mine.source = said.source AND mine.event_id = said.event_id
WHERE $__timeFilter_ms(said.occurred_at)
ORDER BY occurred_at DESC
LIMIT 200
