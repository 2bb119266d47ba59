-- How far has each feed come, and how far behind is it? Latest first; whatever the time range. Records
-- by the ledger: to count the events they gave is to compare all of them.
WITH ledger AS
(
    SELECT source, sum(stored + dropped) AS records
    FROM batches
    GROUP BY source
)
SELECT
    feeds.source AS source, ledger.records AS records, last_occurred_at, last_received_at, last_stored_at,
    greatest(0, dateDiff('second', last_received_at, now())) AS behind_s,
    dateDiff('millisecond', last_received_at, last_stored_at) / 1000 AS lag_s
FROM feeds
LEFT JOIN ledger ON ledger.source = feeds.source
WHERE $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), feeds.source), $source)
ORDER BY behind_s DESC, source
