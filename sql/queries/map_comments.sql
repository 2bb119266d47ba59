-- Journey map, what customers say: the three worst different comments of each stage (the newest of
-- equals; those without score last), and how many comments the stage has in all.
SELECT
    stage_no, touchpoint, metric, score, emotion, comment, occurred_at, language, comments
FROM
(
    SELECT
        steps.stage_no AS stage_no,
        steps.touchpoint AS touchpoint,
        said.metric AS metric,
        said.score AS score,
        steps.emotion AS emotion,
        said.comment AS comment,
        steps.occurred_at AS occurred_at,
        said.language AS language,
        count() OVER (PARTITION BY stage_no) AS comments
    FROM
    (
        SELECT stage_no, touchpoint, emotion, occurred_at, source, event_id
        FROM steps
        WHERE definition = {definition:String} AND stage_no > 0
    ) AS steps
    INNER JOIN
    (
        SELECT source, event_id, metric, score, comment, attributes['language'] AS language
        FROM touchpoints
        WHERE notEmpty(trim(comment))
    ) AS said ON said.source = steps.source AND said.event_id = steps.event_id
    ORDER BY stage_no, emotion ASC NULLS LAST, occurred_at DESC, comment
    LIMIT 1 BY stage_no, comment
)
ORDER BY stage_no, emotion ASC NULLS LAST, occurred_at DESC, comment
LIMIT 3 BY stage_no
