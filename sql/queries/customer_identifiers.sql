-- What is known of who a customer is.
SELECT kind, value, is_shared, first_seen_at, last_seen_at
FROM identities
WHERE customer_id = {customer:String}
ORDER BY is_strong DESC, kind, first_seen_at
