-- At which stage do fewer journeys go on than they used to? Those that were over in the last seven days
-- against those before: how far the interval of the one lies below that of the other, above 0 where
-- chance would hardly do it.
{common}
{visits}
    gone AS
    (
        SELECT
            stage, stage_no,
            is_open = 0 AND closes_at < {until:DateTime64(3)} AS is_over,
            is_over AND closes_at >= {until:DateTime64(3)} - INTERVAL 7 DAY AS is_late,
            is_over AND NOT is_late AS is_early,
            isNotNull(moved_at) AS went_on
        FROM visits
    ),
    counted AS
    (
        SELECT
            stage, stage_no,
            countIf(is_late) AS late, countIf(is_late AND went_on) AS late_on,
            countIf(is_early) AS early, countIf(is_early AND went_on) AS early_on,
            -- From the last stage nobody goes on.
            stage_no = max(stage_no) OVER () AS is_last
        FROM gone
        GROUP BY stage, stage_no
    )
SELECT
    toString(stage) AS stage,
    wilson_low(early_on / nullIf(early, 0), early) - wilson_high(late_on / nullIf(late, 0), late) AS fallen
FROM counted
WHERE isNotNull(fallen) AND NOT is_last
ORDER BY stage_no
