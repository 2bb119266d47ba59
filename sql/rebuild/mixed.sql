-- Customers whose journeys are of several stitches. A stitch writes all of a customer's and takes
-- away what stood before: two were at it at the same time, and neither saw what the other wrote.
SELECT DISTINCT reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2))))
FROM
(
    SELECT customer_id
    FROM journey_log FINAL
    WHERE startsWith(customer_id, 'c')
    GROUP BY definition, customer_id
    HAVING min(run) != max(run)
)
