-- What became of everything read, source by source. records = mapped + unmapped + dropped +
-- dead_letters + repeated, where repeated are duplicates and earlier states of one contact.
WITH
    ledger AS
    (
        SELECT source, sum(records) AS records FROM batches GROUP BY source
    ),
    known AS
    (
        SELECT
            source,
            countIf(touchpoint != '') AS mapped,
            countIf(touchpoint = '' AND drop_reason = '') AS unmapped,
            countIf(drop_reason != '') AS dropped
        FROM events
        GROUP BY source
    ),
    dead AS (SELECT source, count() AS dead_letters FROM dead_letters GROUP BY source)
SELECT
    ledger.source AS source,
    ledger.records AS records,
    known.mapped AS mapped,
    known.unmapped AS unmapped,
    known.dropped AS dropped,
    dead.dead_letters AS dead_letters,
    toInt64(records) - mapped - unmapped - dropped - dead_letters AS repeated
FROM ledger
LEFT JOIN known ON known.source = ledger.source
LEFT JOIN dead ON dead.source = ledger.source
ORDER BY records DESC
