-- Which accounts are there? Their journeys are those of definitions whose unit is the account.
SELECT account_id FROM accounts ORDER BY account_id LIMIT 1000
