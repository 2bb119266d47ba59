-- At which stage do fewer journeys go on than they used to? Those that were over in the last seven days
-- against those before: how far the interval of the one lies below that of the other, above 0 where
-- chance would hardly do it.
{common}
{visits}
    ended AS
    (
        SELECT stage, stage_no, isNotNull(moved_at) AS went_on, closes_at >= {until:DateTime64(3)} - INTERVAL 7 DAY AS is_late
        FROM visits
        WHERE is_open = 0 AND closes_at < {until:DateTime64(3)}
    )
SELECT
    toString(stage) AS stage,
    wilson_low(countIf(went_on AND NOT is_late) / nullIf(countIf(NOT is_late), 0), countIf(NOT is_late))
        - wilson_high(countIf(went_on AND is_late) / nullIf(countIf(is_late), 0), countIf(is_late)) AS fallen
FROM ended
GROUP BY stage, stage_no
HAVING isNotNull(fallen) AND stage_no < (SELECT max(stage_no) FROM visits)
ORDER BY stage_no
