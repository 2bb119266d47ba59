-- Who is who so far, for the identifiers at hand.
SELECT
    identifier, argMax(component, identity_log.run), argMax(customer_id, identity_log.run),
    argMax(is_shared, identity_log.run)
FROM identity_log
WHERE identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64})
GROUP BY identifier
