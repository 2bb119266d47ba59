-- What an increment starts from: the identifiers of the batches and decisions not taken in yet,
-- and those that may lose an event to them (ring 0). Those that decisions name are told (ring 6).
INSERT INTO stitch_touched (run, identifier, ring)
WITH
    decided AS
    (
        SELECT decision, undoes
        FROM decision_log
        WHERE concat('decision:', toString(decision))
            NOT IN (SELECT token FROM stitched_log WHERE startsWith(token, 'decision:'))
    )
SELECT DISTINCT {run:UInt64}, identifier, ring
FROM
(
    SELECT arrayJoin(touched) AS identifier, 0 AS ring
    FROM new_batches
    UNION ALL
    SELECT identifier, 0 AS ring
    FROM contested_log
    WHERE run = {run:UInt64} AND identifier != 0
    UNION ALL
    SELECT arrayJoin([identifier, other]) AS identifier, arrayJoin([0, 6]) AS ring
    FROM decision_log
    WHERE decision IN (SELECT decision FROM decided) OR decision IN (SELECT undoes FROM decided)
)
WHERE identifier != 0
