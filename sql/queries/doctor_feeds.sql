-- How long ago the broker last had something of each source, in seconds.
SELECT toString(source) AS source, dateDiff('second', last_received_at, now()) AS seconds_silent
FROM feeds
ORDER BY source
