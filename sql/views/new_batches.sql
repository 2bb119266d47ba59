CREATE OR REPLACE VIEW new_batches
(
    token      String COMMENT 'deduplication token of the batch; one read again may be there twice',
    touched    Array(UInt64) COMMENT 'identifiers its events carry',
    event_keys Array(UInt64) COMMENT 'keys of its events',
    arrived_at DateTime COMMENT 'when it arrived, by the clock of the warehouse'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- Both times are by the warehouse's clock, and a stitch takes in all that is there: only what came
    -- in the day before the last one, or since, can be new. The ledger grows, this does not.
    (SELECT toInt64(toUnixTimestamp(least(max(stitched_at), now()))) - 86400 FROM stitched_log) AS since
SELECT token, touched, event_keys, arrived_at
FROM batch_log
WHERE toUnixTimestamp(arrived_at) >= since
    AND token NOT IN (SELECT token FROM stitched_log WHERE toUnixTimestamp(stitched_at) >= since)
COMMENT 'Batches that no stitch has taken in yet.'
