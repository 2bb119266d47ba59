-- What was changed in the time range, and where? See cjm fix.
SELECT fixed_at AS time, concat(touchpoint, ': ', what) AS text
FROM fixes
WHERE $__timeFilter_ms(fixed_at)
ORDER BY time
