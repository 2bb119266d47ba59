-- How is each feed? What became of its records, how many wait for a rule or for a hand, and how long
-- ago something of it was received, in seconds; NULL where nothing ever was.
WITH
    ledger AS
    (
        SELECT source, sum(records) AS records
        FROM batches
        GROUP BY source
    ),
    not_mapped AS (SELECT source, sum(events) AS unmapped FROM unmapped GROUP BY source),
    dead AS
    (
        SELECT source, countIf(state = 'open') AS dead_letters
        FROM dead_letters
        GROUP BY source
    )
SELECT
    ledger.source AS source,
    ledger.records AS records,
    feeds.events AS events,
    ifNull(not_mapped.unmapped, 0) AS unmapped,
    ifNull(dead.dead_letters, 0) AS dead_letters,
    if(feeds.events = 0, NULL,
        greatest(0, dateDiff('second', feeds.last_received_at, fromUnixTimestamp64Milli({now:Int64})))) AS silent_s
FROM ledger
LEFT JOIN feeds ON feeds.source = ledger.source
LEFT JOIN not_mapped ON not_mapped.source = ledger.source
LEFT JOIN dead ON dead.source = ledger.source
ORDER BY source
