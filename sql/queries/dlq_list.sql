-- Dead letters without their bytes, latest first. What is empty or 0 holds for all.
--
-- since          by the time the broker had the record, ms since 1970
-- fingerprints   or some of them
SELECT
    fingerprint,
    leftPad(lower(hex(fingerprint)), 16, '0') AS id,
    topic, partition, offset, source, format, reason, detail, size, received_at, stored_at, state, tries,
    replayed_at
FROM dead_letters
WHERE ({source:String} = '' OR source = {source:String})
    AND ({reason:String} = '' OR reason = {reason:String})
    AND (empty({fingerprints:Array(UInt64)}) OR has({fingerprints:Array(UInt64)}, fingerprint))
    AND toUnixTimestamp64Milli(received_at) >= {since:Int64}
    AND ({all:Bool} OR state = 'open')
ORDER BY received_at DESC, topic, partition, offset DESC, source, format, fingerprint
LIMIT {limit:UInt64}
