-- At which stage have more customers come to stand still than a week ago? In standard deviations of
-- such a count. Still stands who waits longer than nine in ten of those who went on from there did.
{common}
{visits}
    (SELECT least({until:DateTime64(3)}, max(last_occurred_at)) FROM feeds) AS today,
    patience AS
    (
        SELECT stage, quantileExact(0.9)(dateDiff('second', since, assumeNotNull(moved_at))) AS patience_s
        FROM visits
        WHERE isNotNull(moved_at)
        GROUP BY stage
        HAVING count() >= 20
    ),
    waiting AS
    (
        -- From when to when each stood still, if ever.
        SELECT
            visits.stage AS stage,
            since + toIntervalSecond(patience_s) AS still_from,
            ifNull(moved_at, closes_at) AS still_to
        FROM visits
        INNER JOIN patience ON patience.stage = visits.stage
        WHERE isNotNull(moved_at) OR NOT is_converted
    )
SELECT
    toString(stage) AS stage,
    (
        (countIf(still_from < today AND still_to > today) AS now_there)
        - (countIf(still_from < today - INTERVAL 7 DAY AND still_to > today - INTERVAL 7 DAY) AS before)
    ) / sqrt(now_there + before + 1) AS risen
FROM waiting
GROUP BY stage
ORDER BY stage
