-- What did the customer do, channel by channel? A step is drawn until the next one, for a day at
-- most: steps last seconds, and would not be seen.
SELECT
    occurred_at AS time,
    greatest(occurred_at + INTERVAL 1 SECOND, least(next_at, occurred_at + INTERVAL 1 DAY)) AS time_end,
    channel,
    touchpoint
FROM
(
    SELECT
        occurred_at, channel, touchpoint,
        leadInFrame(occurred_at, 1, occurred_at + INTERVAL 1 DAY) OVER
        (
            ORDER BY journey_no, position ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS next_at
    FROM steps
    WHERE definition = decodeURLComponent('${definition:percentencode}')
        AND customer_id = decodeURLComponent('${customer:percentencode}')
)
WHERE $__timeFilter_ms(occurred_at)
ORDER BY time
LIMIT 2000
