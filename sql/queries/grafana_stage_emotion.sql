-- How do customers feel in each stage, and how many answers tell so? NULL where there is none. Over
-- the journeys that began in the time range; steps, as on the journey map.
SELECT
    stages.stage AS stage,
    felt.mean_emotion AS mean_emotion,
    felt.answers AS answers
FROM
(
    SELECT stage_no, stage
    FROM definition_stages
    WHERE definition = decodeURLComponent('${definition:percentencode}')
) AS stages
LEFT JOIN
(
    SELECT stage_no, avg(emotion) AS mean_emotion, count(emotion) AS answers
    FROM steps
    WHERE definition = decodeURLComponent('${definition:percentencode}')
        AND (customer_id, journey_no) IN
        (
            SELECT customer_id, journey_no
            FROM journeys
            WHERE
                definition = decodeURLComponent('${definition:percentencode}')
                AND $__timeFilter_ms(started_at)
                AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
                AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
        )
    GROUP BY stage_no
) AS felt ON felt.stage_no = stages.stage_no
ORDER BY stages.stage_no
