-- How much money is on the customer's steps? NULL when no step has any.
SELECT sum(value) AS total_value
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
HAVING count() > 0
