-- Events that batches name and the warehouse does not have. In slices: a slice's keys are held in
-- memory.
SELECT toString(topic) AS topic, partition, uniqExact(key) AS missing
FROM (SELECT topic, partition, arrayJoin(event_keys) AS key FROM batch_log FINAL)
WHERE key % {slices:UInt32} = {slice:UInt32}
    AND key NOT IN
    (
        SELECT halfMD5(concat(source, ':', event_id)) AS key
        FROM event_log
        WHERE key % {slices:UInt32} = {slice:UInt32}
    )
GROUP BY topic, partition
ORDER BY topic, partition
