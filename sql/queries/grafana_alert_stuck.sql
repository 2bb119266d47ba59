-- At which stage have more customers come to stand still than a week ago? In standard deviations of
-- such a count. Still stands who waits longer than nine in ten of those who went on from there did.
{common}
{visits}
    (SELECT least({until:DateTime64(3)}, max(last_occurred_at)) FROM feeds) AS today,
    -- Of each stage how long it takes to go on, and from when to when each was there: at one reading.
    stays AS
    (
        SELECT
            stage,
            quantileExactIf(0.9)(dateDiff('second', since, assumeNotNull(moved_at)), isNotNull(moved_at)) AS patience_s,
            groupArrayIf((since, ifNull(moved_at, closes_at)), isNotNull(moved_at) OR NOT is_converted) AS spans
        FROM visits
        GROUP BY stage
        HAVING countIf(isNotNull(moved_at)) >= 20
    ),
    still AS
    (
        SELECT
            stage,
            arrayCount(span -> span.1 + toIntervalSecond(patience_s) < today AND span.2 > today, spans) AS now_there,
            arrayCount(span -> span.1 + toIntervalSecond(patience_s) < today - INTERVAL 7 DAY AND span.2 > today - INTERVAL 7 DAY, spans) AS before
        FROM stays
    )
SELECT toString(stage) AS stage, (toInt64(now_there) - before) / sqrt(now_there + before + 1) AS risen
FROM still
ORDER BY stage
