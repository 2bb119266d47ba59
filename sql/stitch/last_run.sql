-- The latest run that wrote anything, one that was cut off included: its scope must stay its own.
-- And whether customers were resolved by the rules of this version, and their journeys written in
-- the form of this version: if not, all must be.
SELECT
    greatest(
        (SELECT max(run) FROM stitch_touched),
        (SELECT max(run) FROM stitch_scope),
        (SELECT max(run) FROM journey_log),
        (SELECT max(run) FROM stitched_log),
        (SELECT max(run) FROM identity_log)) AS run,
    (SELECT count() FROM (SELECT 1 FROM identity_log WHERE standing != 'unknown' LIMIT 1))
            AND (SELECT count() FROM (SELECT 1 FROM journey_log LIMIT 1))
        OR NOT (SELECT count() FROM (SELECT 1 FROM identity_log LIMIT 1)) AS is_current
