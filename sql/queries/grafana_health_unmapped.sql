-- Which events does no rule of the mapping match? By what they call themselves, all there are.
SELECT source, format, name, events, last_seen_at
FROM unmapped
WHERE $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
ORDER BY events DESC, source, name
LIMIT 100
