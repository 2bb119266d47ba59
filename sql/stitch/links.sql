-- The links of the identifiers of some rings, whatever is at their other end. Each is stored from
-- both ends; of all links one is enough.
SELECT identifier, neighbour, toUnixTimestamp64Milli(first_seen_at)
FROM link_log
WHERE ({full:UInt8} = 1 AND identifier < neighbour)
    OR identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64} AND has({rings:Array(UInt8)}, ring))
