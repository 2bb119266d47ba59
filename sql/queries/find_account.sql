-- Accounts that are called so: by account_id, or by what the logs call them.
SELECT account_id FROM accounts WHERE account_id = {wanted:String} OR value = {wanted:String} ORDER BY account_id
