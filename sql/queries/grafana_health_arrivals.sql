-- What became of what arrived in the time range, source by source? Duplicates are records beyond the
-- events they gave: read again, or earlier states of one contact. Late is what came a day after.
WITH
    ledger AS
    (
        SELECT arrayElement(splitByChar('.', toString(topic)), -1) AS source, sum(stored + dropped) AS records
        FROM batches
        WHERE $__timeFilter_ms(stored_at)
        GROUP BY source
    ),
    known AS
    (
        SELECT
            source,
            count() AS events,
            countIf(drop_reason != '') AS dropped,
            countIf(touchpoint = '' AND drop_reason = '') AS not_mapped,
            countIf(received_at > occurred_at + INTERVAL 1 DAY) AS late
        FROM events
        WHERE $__timeFilter_ms(stored_at)
        GROUP BY source
    )
SELECT
    known.source AS source,
    ledger.records AS records,
    known.events AS events,
    known.dropped AS dropped,
    known.not_mapped AS not_mapped,
    known.late AS late,
    greatest(toInt64(records) - toInt64(events), 0) AS duplicates
FROM known
LEFT JOIN ledger ON ledger.source = known.source
WHERE $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), known.source), $source)
ORDER BY records DESC, source
