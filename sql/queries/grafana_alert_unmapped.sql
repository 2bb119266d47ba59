-- Of which source do more events match no rule than usual? Those of the last day against the
-- mean of the seven days before, in standard deviations of such a count.
SELECT
    toString(source) AS source,
    (
        countIf(occurred_at >= {until:DateTime64(3)} - INTERVAL 1 DAY)
        - (countIf(occurred_at < {until:DateTime64(3)} - INTERVAL 1 DAY) / 7 AS usual)
    ) / sqrt(usual + 1) AS risen
FROM unmapped_events
WHERE occurred_at >= {until:DateTime64(3)} - INTERVAL 8 DAY AND occurred_at < {until:DateTime64(3)}
GROUP BY source
ORDER BY source
