-- Of which source can more records not be understood than usual? Those of the last day against the
-- mean of the seven days before, in standard deviations of such a count.
SELECT
    toString(source) AS source,
    (
        countIf(received_at >= {until:DateTime64(3)} - INTERVAL 1 DAY)
        - (countIf(received_at < {until:DateTime64(3)} - INTERVAL 1 DAY) / 7 AS usual)
    ) / sqrt(usual + 1) AS risen
FROM dead_letters
WHERE received_at >= {until:DateTime64(3)} - INTERVAL 8 DAY AND received_at < {until:DateTime64(3)}
GROUP BY source
ORDER BY source
