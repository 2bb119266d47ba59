-- How long ago the last stitch was, and what waits for the next one. Seconds by the warehouse's
-- clock; NULL: there is none.
SELECT
    (
        SELECT if(count() = 0, NULL, dateDiff('second', max(stitched_at), now()))
        FROM stitched_log
    ) AS seconds_since,
    count() AS waiting,
    if(count() = 0, NULL, dateDiff('second', min(arrived_at), now())) AS seconds_waiting
FROM new_batches
