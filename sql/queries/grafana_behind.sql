-- How old is the newest event? In seconds; all of it is what a reader of these panels is behind.
SELECT if(count() = 0, NULL, greatest(0, dateDiff('second', max(last_occurred_at), now()))) AS seconds_behind
FROM feeds
WHERE $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
