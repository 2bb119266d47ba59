-- Journey map, what customers say: the three worst different comments of each stage (the newest of
-- equals; those without score last), and how many comments the stage has in all.
{common}
    met AS
    (
        SELECT stage, touchpoint, felt, occurred_at, source, event_id
        FROM taken
        ARRAY JOIN
            stages AS stage, stage_nos AS stage_no, path AS touchpoint, emotions AS felt,
            times AS occurred_at, sources AS source, event_ids AS event_id
        WHERE stage_no > 0
    ),
    heard AS
    (
        SELECT
            met.stage AS stage,
            met.touchpoint AS touchpoint,
            said.metric AS metric,
            said.score AS score,
            met.felt AS emotion,
            said.comment AS comment,
            met.occurred_at AS occurred_at,
            said.language AS language,
            count() OVER (PARTITION BY stage) AS comments
        FROM met
        INNER JOIN
        (
            SELECT source, event_id, metric, score, comment, language
            FROM comments
            WHERE notEmpty(trim(comment))
        ) AS said ON said.source = met.source AND said.event_id = met.event_id
        ORDER BY stage, emotion ASC NULLS LAST, occurred_at DESC, comment
        LIMIT 1 BY stage, comment
    )
SELECT stage, touchpoint, metric, score, emotion, comment, occurred_at, language, comments
FROM heard
ORDER BY stage, emotion ASC NULLS LAST, occurred_at DESC, comment
LIMIT 3 BY stage
