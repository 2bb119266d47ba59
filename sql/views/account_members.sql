CREATE OR REPLACE VIEW account_members
(
    account_id  String COMMENT 'the account, see accounts',
    customer_id String COMMENT 'the contact: a customer that belongs to it',
    valid_from  DateTime64(3, 'UTC') COMMENT 'from then on: when an event first named the account again; of their first account, when they were first seen',
    valid_to    DateTime64(3, 'UTC') COMMENT 'until then: when an event named another account; 2299-12-31 while none has',
    is_current  UInt8 COMMENT '1 while it is the account named last',
    events      UInt64 COMMENT 'events that name it in that time'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    belongs AS
    (
        SELECT identifier, argMax(customer, run) AS customer
        FROM identity_log
        GROUP BY identifier
        HAVING customer != 0
    ),
    -- As in stitch/paths.sql: of an event that came in several states one holds.
    contested AS (SELECT source, event_id, holder, fingerprint FROM contested_log FINAL),
    said AS
    (
        SELECT belongs.customer AS customer, named.account AS account, named.occurred_at AS occurred_at, named.event_id AS event_id
        FROM
        (
            SELECT identifier, account, occurred_at, event_id
            FROM event_log FINAL
            WHERE account != 0
                AND ((source, event_id) NOT IN (SELECT source, event_id FROM contested)
                    OR (source, event_id, identifier, fingerprint)
                        IN (SELECT source, event_id, holder, fingerprint FROM contested))
        ) AS named
        INNER JOIN belongs ON belongs.identifier = named.identifier
    ),
    -- Each time another account is named than before, a membership begins.
    numbered AS
    (
        SELECT customer, account, occurred_at, sum(is_other) OVER (PARTITION BY customer ORDER BY occurred_at, event_id, account) AS number
        FROM
        (
            SELECT *, account != lagInFrame(account) OVER (PARTITION BY customer ORDER BY occurred_at, event_id, account) AS is_other
            FROM said
        )
    ),
    stays AS
    (
        SELECT customer, number, any(numbered.account) AS account, min(occurred_at) AS begun, count() AS events
        FROM numbered
        GROUP BY customer, number
    ),
    followed AS
    (
        SELECT *, leadInFrame(begun, 1, toDateTime64('2299-12-31 00:00:00', 3, 'UTC')) OVER
            (PARTITION BY customer ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS ended
        FROM stays
    ),
    seen AS
    (
        SELECT belongs.customer AS customer, toDateTime64(min(first_seen_at), 3, 'UTC') AS first_at
        FROM identifier_log
        INNER JOIN belongs ON belongs.identifier = identifier_log.identifier
        GROUP BY belongs.customer
    )
SELECT
    concat('a', leftPad(lower(hex(followed.account)), 16, '0')) AS account_id,
    concat('c', leftPad(lower(hex(followed.customer)), 16, '0')) AS customer_id,
    if(followed.number = 1, least(seen.first_at, followed.begun), followed.begun) AS valid_from,
    followed.ended AS valid_to,
    followed.ended = toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS is_current,
    followed.events AS events
FROM followed
INNER JOIN seen ON seen.customer = followed.customer
COMMENT 'Who belonged to which account, when: on day D it is WHERE valid_from <= D AND D < valid_to.'
