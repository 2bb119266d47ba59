-- How many steps has the customer taken, in all journeys?
SELECT count() AS steps
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
HAVING count() > 0
