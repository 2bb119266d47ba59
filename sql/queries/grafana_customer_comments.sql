-- What did the customer tell us, in their own words? No customer has the empty id: touchpoints
-- without customer have it.
SELECT occurred_at, touchpoint, channel, metric, score, comment
FROM touchpoints
WHERE customer_id != ''
    AND customer_id = decodeURLComponent('${customer:percentencode}')
    AND comment != ''
    AND $__timeFilter_ms(occurred_at)
ORDER BY occurred_at DESC
LIMIT 200
