-- What became of what arrived in the time range, source by source? Of each event by its last state
-- that did. Duplicates are records beyond the events they gave: read again, or earlier states of one
-- contact. Late is what came a day after.
WITH
    ledger AS
    (
        SELECT source, sum(stored + dropped) AS records
        FROM batches
        WHERE $__timeFilter_ms(stored_at)
        GROUP BY source
    ),
    known AS
    (
        SELECT
            source,
            count() AS events,
            countIf(bitTest(state, 0)) AS dropped,
            countIf(bitTest(state, 1)) AS not_mapped,
            countIf(bitTest(state, 2)) AS late
        FROM
        (
            SELECT
                source,
                argMax(
                    toUInt8((drop_reason != '') + 2 * (touchpoint = '' AND drop_reason = '') + 4 * (received_at > occurred_at + INTERVAL 1 DAY)),
                    -- Revision, then time, in one number: tuples are compared at twice the cost.
                    bitOr(bitShiftLeft(toUInt128(revision), 64), toUInt128(toUnixTimestamp64Milli(stored_at)))) AS state
            FROM arrivals
            WHERE $__timeFilter_ms(stored_at)
            -- By 128 bits, at less of the cost: of these, no two are ever met that are the same.
            GROUP BY source, sipHash128(event_id)
        )
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
