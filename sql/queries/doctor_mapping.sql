-- The mapping that was used last; empty when none was.
SELECT argMax(toString(version), used_at) AS version
FROM mapping_log
