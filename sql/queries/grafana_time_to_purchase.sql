-- How long does it take from the first step to the first one of the stage purchase? Median over
-- the converted journeys that began in the time range.
SELECT if(count() = 0, NULL, quantileExact(0.5)(seconds)) AS seconds_to_purchase
FROM
(
    SELECT
        dateDiff('millisecond', min(occurred_at), minIf(occurred_at, stage = 'purchase')) / 1000 AS seconds
    FROM steps
    WHERE definition = decodeURLComponent('${definition:percentencode}')
        AND (customer_id, journey_no) IN
        (
            SELECT customer_id, journey_no
            FROM journeys
            WHERE is_converted = 1 AND
                definition = decodeURLComponent('${definition:percentencode}')
                AND $__timeFilter_ms(started_at)
                AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
                AND $__conditionalAll((customer_id, journey_no) IN
                    (SELECT customer_id, journey_no FROM steps
                     WHERE definition = decodeURLComponent('${definition:percentencode}')
                         AND has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source)), $source)
        )
    GROUP BY customer_id, journey_no
    HAVING countIf(stage = 'purchase') > 0
)
