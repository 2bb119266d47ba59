-- The latest run that wrote anything, one that was cut off included: its scope must stay its own.
SELECT greatest(
    (SELECT max(run) FROM stitch_touched),
    (SELECT max(run) FROM path_log),
    (SELECT max(run) FROM stitched_log),
    (SELECT max(run) FROM identity_log)) AS run
