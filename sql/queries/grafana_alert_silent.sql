-- Which feed has been silent, and for how many hours? Since the broker last had something of it.
SELECT toString(source) AS source, dateDiff('second', last_received_at, {until:DateTime64(3)}) / 3600 AS silent_h
FROM feeds
ORDER BY source
