-- What the latest rebuild has done so far.
SELECT rebuild, version, task, place
FROM rebuild_log
WHERE rebuild = (SELECT max(rebuild) FROM rebuild_log)
