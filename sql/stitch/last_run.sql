-- The latest run that wrote anything.
SELECT greatest(
    (SELECT max(run) FROM path_log),
    (SELECT max(run) FROM stitched_log),
    (SELECT max(run) FROM identity_log)) AS run
