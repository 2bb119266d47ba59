-- How many journeys visited each stage? In the order of the stages, for journeys that began in the
-- time range; the same count as in the view stage_funnel.
SELECT stages.stage AS stage, reached.journeys AS journeys
FROM
(
    SELECT stage_no, stage
    FROM definition_stages
    WHERE definition = decodeURLComponent('${definition:percentencode}')
) AS stages
LEFT JOIN
(
    SELECT visited, count() AS journeys
    FROM
    (
        SELECT arrayJoin(arrayDistinct(stage_nos)) AS visited
        FROM journeys
        WHERE
            definition = decodeURLComponent('${definition:percentencode}')
            AND $__timeFilter_ms(started_at)
            AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
            AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
    )
    GROUP BY visited
) AS reached ON reached.visited = stages.stage_no
ORDER BY stages.stage_no
