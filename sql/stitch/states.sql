-- Who is who so far, for the identifiers of some rings.
SELECT
    identifier,
    argMax(customer, identity_log.run),
    argMax(component, identity_log.run),
    argMax(hops, identity_log.run),
    argMax(toInt8(standing), identity_log.run)
FROM identity_log
WHERE {full:UInt8} = 1
    OR identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64} AND has({rings:Array(UInt8)}, ring))
GROUP BY identifier
ORDER BY identifier
