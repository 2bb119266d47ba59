-- Journey map, what customers do: the two most frequent ways through each stage, the same touchpoint
-- several times in a row written once, cut after five; and in how many journeys.
{common}
    ways AS
    (
        SELECT
            stage,
            arraySlice(arrayCompact(arrayFilter((name, one) -> one = stage, path, stages)), 1, 5) AS way
        FROM taken
        ARRAY JOIN arrayFilter(one -> one != '', arrayDistinct(stages)) AS stage
    )
SELECT stage, way, count() AS journeys
FROM ways
GROUP BY stage, way
ORDER BY stage, journeys DESC, way
LIMIT 2 BY stage
