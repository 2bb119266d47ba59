-- The most frequent paths of more than one touchpoint.
SELECT path_text AS path, journeys, conversion, median_duration_s
FROM paths
WHERE definition = {definition:String} AND position(path_text, ' > ') > 0
ORDER BY journeys DESC, path
LIMIT {limit:UInt32}
