-- The identifiers at hand: strong or not, first seen (ms since 1970), carried by a new event or not.
SELECT
    seen.identifier, max(seen.is_strong), min(toUnixTimestamp64Milli(seen.first_seen_at)),
    max(touched.is_start)
FROM identifier_log AS seen
INNER JOIN
(
    SELECT identifier, max(is_start) AS is_start
    FROM stitch_touched
    WHERE run = {run:UInt64}
    GROUP BY identifier
) AS touched ON touched.identifier = seen.identifier
WHERE seen.identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64})
GROUP BY seen.identifier
