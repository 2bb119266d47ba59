-- How many customers there are, and how many batches no stitch has taken in.
WITH
    -- As in `stitch/unstitched.sql`.
    (SELECT toInt64(toUnixTimestamp(least(max(stitched_at), now()))) - 86400 FROM stitched_log) AS since
SELECT
    (SELECT uniqExact(customer) FROM identity_log WHERE customer != 0) AS customers,
    (
        SELECT count()
        FROM batch_log FINAL
        WHERE toUnixTimestamp(arrived_at) >= since
            AND token NOT IN (SELECT token FROM stitched_log WHERE toUnixTimestamp(stitched_at) >= since)
    ) AS unstitched
