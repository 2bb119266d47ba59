-- What the warehouse holds, source by source.
SELECT
    source,
    countIf(touchpoint != '') AS touchpoints,
    countIf(touchpoint = '' AND drop_reason = '') AS unmapped,
    countIf(drop_reason != '') AS dropped,
    any(dead.letters) AS dead_letters,
    min(occurred_at) AS earliest,
    max(occurred_at) AS latest
FROM events
LEFT JOIN (SELECT source, count() AS letters FROM dead_letters GROUP BY source) AS dead
    ON dead.source = events.source
GROUP BY source
ORDER BY source
