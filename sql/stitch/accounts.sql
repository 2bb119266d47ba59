-- Which accounts to write anew: all, or those that an event of an identifier looked at names (also
-- when it is nobody's now). And the identifiers of their customers, who are all that were ever seen
-- with them.
--
-- full  1 for all accounts
-- size  accounts written at once
INSERT INTO stitch_accounts (run, part, account, identifier, customer)
WITH
    concerned AS
    (
        SELECT account FROM account_log WHERE {full:UInt8} = 1
        UNION DISTINCT
        -- Those written before must be emptied, should the facts no longer know them.
        SELECT reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2)))) AS account
        FROM journey_log
        WHERE {full:UInt8} = 1 AND startsWith(customer_id, 'a')
        UNION DISTINCT
        SELECT account
        FROM event_log
        -- Rings 3 and 5 are only looked at from the outside.
        WHERE account != 0 AND identifier IN
            (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64} AND ring NOT IN (3, 5))
    ),
    accounts AS
    (
        SELECT account, intDiv(row_number() OVER (ORDER BY account) - 1, {size:UInt32}) AS part
        FROM concerned
    ),
    seen AS
    (
        SELECT DISTINCT account, identifier
        FROM account_log
        WHERE account IN (SELECT account FROM concerned)
    ),
    scope AS (SELECT identifier, customer FROM stitch_scope WHERE run = {run:UInt64}),
    components AS
    (
        SELECT argMax(component, identity_log.run)
        FROM identity_log
        WHERE identifier IN (SELECT identifier FROM seen)
        GROUP BY identifier
    ),
    -- Whose each identifier is: what this stitch has found, but not written yet; else what stands.
    belongs AS
    (
        SELECT identifier, customer FROM scope WHERE identifier != 0
        UNION ALL
        SELECT identifier, argMax(identity_log.customer, identity_log.run) AS customer
        FROM identity_log
        WHERE identifier IN (SELECT identifier FROM identity_log WHERE component IN (components))
        GROUP BY identifier
        HAVING customer != 0 AND customer NOT IN (SELECT customer FROM scope)
    ),
    contacts AS
    (
        SELECT DISTINCT seen.account AS account, belongs.customer AS customer
        FROM seen
        INNER JOIN belongs ON belongs.identifier = seen.identifier
    )
SELECT {run:UInt64}, accounts.part, accounts.account, theirs.identifier, theirs.customer
FROM accounts
LEFT JOIN
(
    SELECT contacts.account AS account, belongs.identifier AS identifier, belongs.customer AS customer
    FROM contacts
    INNER JOIN belongs ON belongs.customer = contacts.customer
) AS theirs ON theirs.account = accounts.account
