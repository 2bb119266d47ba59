-- Where a page of so many events ends: an identifier and a time. No row: it is the last one.
SELECT identifier, toUnixTimestamp64Milli(occurred_at)
FROM event_log
WHERE toYear(occurred_at) = {year:UInt16}
    AND identifier >= {after_number:UInt64}
    AND (identifier > {after_number:UInt64} OR occurred_at > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC'))
ORDER BY identifier, occurred_at
LIMIT 1 OFFSET {size:UInt64}
