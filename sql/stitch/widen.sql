-- Widens the identifiers at hand (rings 0 and 1) to all that is or was of their components.
INSERT INTO stitch_touched (run, identifier, ring)
WITH
    touched AS (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64} AND ring <= 1),
    components AS
    (
        SELECT argMax(component, identity_log.run)
        FROM identity_log
        WHERE identifier IN (touched)
        GROUP BY identifier
    )
SELECT DISTINCT {run:UInt64}, identifier, 2
FROM identity_log
WHERE component IN (components) AND identifier NOT IN (touched)
