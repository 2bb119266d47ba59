-- Widens the touched identifiers to their whole components: a new link may join or part them.
-- One step is enough: both ends of a new link are touched, and older links never leave a component.
INSERT INTO stitch_touched (run, identifier, is_start)
WITH
    touched AS (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64}),
    components AS
    (
        SELECT argMax(component, identity_log.run)
        FROM identity_log
        WHERE identifier IN (touched)
        GROUP BY identifier
    )
SELECT DISTINCT {run:UInt64}, identifier, 0
FROM identity_log
WHERE component IN (components) AND identifier NOT IN (touched)
