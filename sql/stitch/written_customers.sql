-- Customers who have journeys written: a full rebuild must also empty those who are no more.
SELECT DISTINCT reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2))))
FROM journey_log FINAL
WHERE nth > 0 AND startsWith(customer_id, 'c')
