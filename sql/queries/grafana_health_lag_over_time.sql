-- How many records waited for a worker, source by source? Of each partition the last that was measured
-- in an interval; nothing where no worker ran.
SELECT time, source, sum(last_lag) AS lag
FROM
(
    SELECT $__timeInterval_ms(measured_at) AS time, source, argMax(lag, measured_at) AS last_lag
    FROM lags
    WHERE $__timeFilter_ms(measured_at)
        AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
    GROUP BY time, source, topic, partition
)
GROUP BY time, source
ORDER BY time, source
