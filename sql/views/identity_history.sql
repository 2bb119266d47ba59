CREATE OR REPLACE VIEW identity_history
(
    kind        LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    value       String COMMENT 'in its normal form; a keyed hash where the kind is personal',
    customer_id String COMMENT 'the customer it was reported as; empty when it was nobody''s',
    standing    LowCardinality(String) COMMENT 'why it belonged there, as in identities',
    valid_from  DateTime64(3, 'UTC') COMMENT 'from this stitch on it was reported so',
    valid_to    DateTime64(3, 'UTC') COMMENT 'until this one; 2299-12-31 while it still is',
    is_current  UInt8 COMMENT '1 while it still is',
    identifier  UInt64 COMMENT 'its number: halfMD5(kind : value)'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    seen.kind AS kind,
    seen.value AS value,
    was.customer_id AS customer_id,
    toString(was.standing) AS standing,
    fromUnixTimestamp64Milli(toInt64(was.run), 'UTC') AS valid_from,
    if(was.next = 0, toDateTime64('2299-12-31 00:00:00', 3, 'UTC'), fromUnixTimestamp64Milli(toInt64(was.next), 'UTC')) AS valid_to,
    was.next = 0 AS is_current,
    was.identifier AS identifier
FROM
(
    SELECT
        identifier, customer_id, standing, run,
        leadInFrame(run, 1, 0) OVER
            (PARTITION BY identifier ORDER BY run ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next
    FROM identity_log
) AS was
LEFT JOIN
(
    SELECT identifier, any(kind) AS kind, any(value) AS value FROM identifier_log GROUP BY identifier
) AS seen ON seen.identifier = was.identifier
COMMENT 'Who was who, when: as reported on day D is WHERE valid_from <= D AND D < valid_to.'
