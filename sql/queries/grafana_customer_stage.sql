-- In which stage is the customer now? That of the latest step that has one.
SELECT stage
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
    AND stage != ''
ORDER BY journey_no DESC, position DESC
LIMIT 1
