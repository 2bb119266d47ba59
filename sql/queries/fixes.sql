-- All fixes, the latest registered last.
SELECT fix, touchpoint, fixed_at, who, what, channels, sources, stages, customers, attributes, registered_at
FROM fixes
ORDER BY fix
