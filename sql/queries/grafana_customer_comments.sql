-- What did the customer tell us, in their own words? By way of the customer's steps: those are found
-- at once, while the view touchpoints would be searched through.
SELECT occurred_at, touchpoint, channel, metric, score, comment
FROM comments
WHERE (source, event_id) IN
    (
        SELECT source, event_id
        FROM steps
        WHERE definition = decodeURLComponent('${definition:percentencode}')
            AND customer_id = decodeURLComponent('${customer:percentencode}')
    )
    AND $__timeFilter_ms(occurred_at)
ORDER BY occurred_at DESC
LIMIT 200
