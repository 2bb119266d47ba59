-- How do customers feel in each stage, and how many of them said so? NULL where nobody did.
SELECT
    stages.stage AS stage,
    felt.mean_emotion AS mean_emotion,
    felt.answers AS answers
FROM stages
LEFT JOIN
(
    SELECT stage, avg(emotion) AS mean_emotion, count(emotion) AS answers
    FROM touchpoints
    WHERE $__timeFilter_ms(occurred_at)
        AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}'))), channel), $channel)
        AND $__conditionalAll(has(splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}'))), source), $source)
    GROUP BY stage
) AS felt ON felt.stage = stages.stage
ORDER BY stages.position
