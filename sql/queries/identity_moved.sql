-- What the stitch that took in a decision changed: identifiers whose customer is another one since.
WITH (
    SELECT max(run) FROM stitched_log WHERE token = concat('decision:', toString({decision:UInt32}))
) AS stitched
SELECT
    changed.identifier AS number,
    seen.kind AS kind,
    seen.value AS value,
    changed.was AS was,
    changed.customer AS customer,
    changed.hops AS hops,
    changed.standing AS standing
FROM
(
    SELECT
        identifier,
        argMaxIf(identity_log.customer, run, run < stitched) AS was,
        argMaxIf(identity_log.customer, run, run = stitched) AS customer,
        argMaxIf(identity_log.hops, run, run = stitched) AS hops,
        toInt8(argMaxIf(identity_log.standing, run, run = stitched)) AS standing
    FROM identity_log
    WHERE run <= stitched AND identifier IN (SELECT identifier FROM identity_log WHERE run = stitched)
    GROUP BY identifier
    HAVING was != customer
) AS changed
LEFT JOIN
(
    SELECT identifier, any(identifier_log.kind) AS kind, any(identifier_log.value) AS value
    FROM identifier_log
    WHERE identifier IN (SELECT identifier FROM identity_log WHERE run = stitched)
    GROUP BY identifier
) AS seen ON seen.identifier = changed.identifier
ORDER BY was, customer, kind, value
