-- The links among the identifiers at hand; each is stored from both ends, one is enough.
SELECT DISTINCT identifier, neighbour
FROM link_log
WHERE identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64})
    AND identifier < neighbour
