-- At which stage do customers feel worse than they used to? Answers of the last seven days against
-- those before: how far the interval of the one lies below that of the other, both of (1 + mean) / 2;
-- above 0 where chance would hardly do it.
{common}
    told AS
    (
        SELECT stage, felt, at >= {until:DateTime64(3)} - INTERVAL 7 DAY AS is_late
        FROM taken
        ARRAY JOIN stages AS stage, emotions AS felt, times AS at
        WHERE isNotNull(felt) AND stage != ''
    )
SELECT
    toString(stage) AS stage,
    wilson_low((1 + avgIf(felt, NOT is_late)) / 2, countIf(NOT is_late))
        - wilson_high((1 + avgIf(felt, is_late)) / 2, countIf(is_late)) AS fallen
FROM told
GROUP BY stage
HAVING countIf(is_late) > 0 AND countIf(NOT is_late) > 0
ORDER BY stage
