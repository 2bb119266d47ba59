-- Journey map, emotion curve: what customers answered in each stage, on the scale from -1 to +1.
-- A stage without answers has no row: a gap, not a zero. `deviation` is NaN for a single answer.
SELECT
    stage_no,
    count() AS answers,
    avg(emotion) AS mean,
    stddevSamp(emotion) AS deviation
FROM steps
WHERE definition = {definition:String} AND stage_no > 0 AND emotion IS NOT NULL
GROUP BY stage_no
ORDER BY stage_no
