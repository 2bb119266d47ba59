CREATE OR REPLACE VIEW identities
(
    customer_id   String COMMENT 'the customer',
    kind          LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    value         String COMMENT 'in its normal form; a keyed hash where the kind is personal',
    is_strong     UInt8 COMMENT '1 when the kind names one person',
    is_shared     UInt8 COMMENT '1 when it meets several persons and so belongs to none of them',
    first_seen_at DateTime64(3, 'UTC') COMMENT 'earliest event that carries it',
    last_seen_at  DateTime64(3, 'UTC') COMMENT 'latest event that carries it',
    identifier    UInt64 COMMENT 'its number: halfMD5(kind : value)'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    belongs.customer_id AS customer_id,
    seen.kind AS kind,
    seen.value AS value,
    seen.is_strong AS is_strong,
    belongs.is_shared AS is_shared,
    seen.first_seen_at AS first_seen_at,
    seen.last_seen_at AS last_seen_at,
    seen.identifier AS identifier
FROM
(
    SELECT
        identifier, kind, value, toUInt8(max(is_strong)) AS is_strong,
        toDateTime64(min(first_seen_at), 3, 'UTC') AS first_seen_at,
        toDateTime64(max(last_seen_at), 3, 'UTC') AS last_seen_at
    FROM identifier_log
    GROUP BY identifier, kind, value
) AS seen
INNER JOIN
(
    SELECT
        identifier, argMax(customer_id, run) AS customer_id, argMax(is_shared, run) AS is_shared
    FROM identity_log
    GROUP BY identifier
) AS belongs ON belongs.identifier = seen.identifier
COMMENT 'Which identifiers belong to which customer, as of the last stitch.'
