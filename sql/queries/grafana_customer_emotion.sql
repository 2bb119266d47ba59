-- How did the customer feel when we last heard? From -1 to +1.
SELECT emotion
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
    AND emotion IS NOT NULL
ORDER BY journey_no DESC, position DESC
LIMIT 1
