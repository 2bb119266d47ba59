-- How long does a record take from the broker to here? Seconds, of nine in ten events that were
-- stored in the time range.
SELECT toString(source) AS source, quantile(0.9)(dateDiff('millisecond', received_at, stored_at) / 1000) AS lag_s
FROM arrivals
WHERE stored_at >= {since:DateTime64(3)} AND stored_at < {until:DateTime64(3)}
GROUP BY source
ORDER BY source
