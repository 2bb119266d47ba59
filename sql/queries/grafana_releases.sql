-- Which mappings came into force in the time range? By the first batch that was read with each.
SELECT min(stored_at) AS time, concat('mapping ', mapping_version) AS text
FROM batches
GROUP BY mapping_version
HAVING $__timeFilter_ms(time)
ORDER BY time
