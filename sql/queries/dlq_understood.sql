-- Dead letters of a range that was read again just now, and that are none any more.
SELECT toString(source) AS source, toString(format) AS format, fingerprint, offset
FROM dead_letters
WHERE topic = {topic:String} AND partition = {partition:Int32}
    AND offset BETWEEN {first:Int64} AND {last:Int64}
    AND state = 'open' AND stored_at < fromUnixTimestamp64Milli({now:Int64}, 'UTC')
