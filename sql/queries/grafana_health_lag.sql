-- How many records wait for a worker? Of each partition as it was measured last; NULL where nothing
-- was measured for five minutes: then no worker runs, or it does not reach the broker.
SELECT if(count() = 0, NULL, sum(lag)) AS waiting
FROM
(
    SELECT argMax(lag, measured_at) AS lag
    FROM lags
    WHERE measured_at > now() - INTERVAL 5 MINUTE
        AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
    GROUP BY topic, partition
)
