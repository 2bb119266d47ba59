-- Customers by their own id, or by any identifier in its normal form.
SELECT DISTINCT customer_id
FROM identities
WHERE customer_id = {wanted:String} OR value IN {values:Array(String)}
ORDER BY customer_id
