CREATE OR REPLACE VIEW accounts
(
    account_id    String COMMENT 'the account: the customer_id of journeys whose definition''s unit is account',
    kind          LowCardinality(String) COMMENT 'kind of the identifier, as the mapping calls it',
    value         String COMMENT 'what the logs call the account; a keyed hash where the kind is personal',
    contacts      UInt64 COMMENT 'customers seen with it',
    first_seen_at DateTime64(3, 'UTC') COMMENT 'earliest event that names it',
    last_seen_at  DateTime64(3, 'UTC') COMMENT 'latest event that names it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    belongs AS
    (
        SELECT identifier, argMax(customer, run) AS customer
        FROM identity_log
        WHERE identifier IN (SELECT identifier FROM account_log)
        GROUP BY identifier
    ),
    seen AS
    (
        SELECT account_log.account AS account, uniqExactIf(belongs.customer, belongs.customer != 0) AS contacts
        FROM account_log
        LEFT JOIN belongs ON belongs.identifier = account_log.identifier
        GROUP BY account_log.account
    )
SELECT
    concat('a', leftPad(lower(hex(named.identifier)), 16, '0')) AS account_id,
    named.kind AS kind,
    named.value AS value,
    seen.contacts AS contacts,
    named.first_seen_at AS first_seen_at,
    named.last_seen_at AS last_seen_at
FROM
(
    SELECT
        identifier, kind, value,
        toDateTime64(min(first_seen_at), 3, 'UTC') AS first_seen_at,
        toDateTime64(max(last_seen_at), 3, 'UTC') AS last_seen_at
    FROM identifier_log
    WHERE identifier IN (SELECT account FROM account_log)
    GROUP BY identifier, kind, value
) AS named
INNER JOIN seen ON seen.account = named.identifier
COMMENT 'One row an account (B2B): a customer of customers.'
