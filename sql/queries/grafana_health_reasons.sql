-- Why could records of the time range not be understood? By source and reason.
SELECT source, reason, count() AS records, countIf(state = 'open') AS still_open, max(received_at) AS last_received_at
FROM dead_letters
WHERE $__timeFilter_ms(received_at)
    AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
GROUP BY source, reason
ORDER BY records DESC, source, reason
