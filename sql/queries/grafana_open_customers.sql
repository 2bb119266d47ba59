-- How many customers are on a journey at present? Whatever the time range: open is a state.
{common}
SELECT uniqExact(customer_id) AS customers
FROM taken
WHERE is_open = 1
