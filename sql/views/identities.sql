CREATE OR REPLACE VIEW identities
(
    customer_id   String COMMENT 'the customer; empty when it is nobody''s',
    kind          LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    value         String COMMENT 'in its normal form; a keyed hash where the kind is personal',
    is_strong     UInt8 COMMENT '1 when the kind names one person',
    standing      LowCardinality(String) COMMENT 'person, linked, anonymous, shared, public, crowd, apart: why it belongs there',
    hops          UInt8 COMMENT 'links from the person it follows; 0 for a person''s own',
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
    seen.kind IN (SELECT kind FROM kinds WHERE is_strong = 1) AS is_strong,
    toString(belongs.standing) AS standing,
    belongs.hops AS hops,
    belongs.standing IN ('shared', 'public') AS is_shared,
    seen.first_seen_at AS first_seen_at,
    seen.last_seen_at AS last_seen_at,
    seen.identifier AS identifier
FROM
(
    SELECT
        identifier, kind, value,
        toDateTime64(min(first_seen_at), 3, 'UTC') AS first_seen_at,
        toDateTime64(max(last_seen_at), 3, 'UTC') AS last_seen_at
    FROM identifier_log
    GROUP BY identifier, kind, value
) AS seen
INNER JOIN
(
    SELECT
        identifier, argMax(customer_id, run) AS customer_id, argMax(standing, run) AS standing,
        argMax(hops, run) AS hops
    FROM identity_log
    GROUP BY identifier
) AS belongs ON belongs.identifier = seen.identifier
COMMENT 'Which identifiers belong to which customer and why, as of the last stitch.'
