-- What an increment starts from, and whether decisions name it.
SELECT identifier, max(ring = 6)
FROM stitch_touched
WHERE run = {run:UInt64} AND ring IN (0, 6)
GROUP BY identifier
ORDER BY identifier
