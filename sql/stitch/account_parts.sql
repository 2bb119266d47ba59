-- How many parts the accounts to write anew come in.
SELECT uniqExact(part) FROM stitch_accounts WHERE run = {run:UInt64}
