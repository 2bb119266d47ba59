-- What became of each source's events: a touchpoint, nothing yet, or no touchpoint by intent.
SELECT
    source,
    count() AS events,
    countIf(touchpoint != '') AS mapped,
    countIf(touchpoint = '' AND drop_reason = '') AS unmapped,
    countIf(drop_reason != '') AS dropped,
    if(events = dropped, NULL, mapped / (events - dropped)) AS share
FROM events
GROUP BY source
ORDER BY events DESC, source
