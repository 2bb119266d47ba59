-- How many journeys has the customer made?
SELECT count() AS journeys
FROM journeys
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
HAVING count() > 0
