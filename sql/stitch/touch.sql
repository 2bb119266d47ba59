-- What an increment starts from: the identifiers of the batches and decisions not taken in yet,
-- and those that may lose an event to them.
INSERT INTO stitch_touched (run, identifier, ring)
WITH
    -- As in `unstitched.sql`.
    (SELECT toInt64(toUnixTimestamp(least(max(stitched_at), now()))) - 86400 FROM stitched_log) AS since,
    decided AS
    (
        SELECT decision, undoes
        FROM decision_log
        WHERE concat('decision:', toString(decision))
            NOT IN (SELECT token FROM stitched_log WHERE startsWith(token, 'decision:'))
    )
SELECT DISTINCT {run:UInt64}, identifier, 0
FROM
(
    SELECT arrayJoin(touched) AS identifier
    FROM batch_log
    WHERE toUnixTimestamp(arrived_at) >= since
        AND token NOT IN (SELECT token FROM stitched_log WHERE toUnixTimestamp(stitched_at) >= since)
    UNION ALL
    SELECT identifier FROM contested_log WHERE run = {run:UInt64} AND identifier != 0
    UNION ALL
    SELECT arrayJoin([identifier, other]) AS identifier
    FROM decision_log
    WHERE decision IN (SELECT decision FROM decided) OR decision IN (SELECT undoes FROM decided)
)
WHERE identifier != 0
