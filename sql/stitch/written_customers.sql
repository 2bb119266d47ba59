-- Customers who have journeys written: a full rebuild must also empty those who are no more.
SELECT DISTINCT customer_id FROM path_log FINAL WHERE notEmpty(`step.touchpoint`)
