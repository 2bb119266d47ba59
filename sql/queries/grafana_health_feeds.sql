-- How far has each feed come, and how far behind is it? Latest first; whatever the time range.
SELECT
    source, events, last_occurred_at, last_received_at, last_stored_at,
    greatest(0, dateDiff('second', last_received_at, now())) AS behind_s,
    dateDiff('millisecond', last_received_at, last_stored_at) / 1000 AS lag_s
FROM feeds
WHERE $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
ORDER BY behind_s DESC, source
