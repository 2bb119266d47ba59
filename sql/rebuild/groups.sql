-- The events of a page by what the rules can see of them and what was said of them so far.
-- `events` counts each event once, `stored` also states of events that no longer hold.
SELECT
    seen,
    said,
    hex(sipHash128(toString((seen, said)))) AS hash,
    any(name) AS example,
    countIf(holds) AS events,
    count() AS stored
FROM page
GROUP BY seen, said
