-- What did customers of these journeys say, in their own words? The angriest first.
{common}
SELECT
    mine.customer_id AS customer_id, said.occurred_at AS occurred_at, said.touchpoint AS touchpoint,
    said.emotion AS emotion, said.comment AS comment
FROM
(
    SELECT customer_id, source, event_id
    FROM taken
    ARRAY JOIN taken.sources AS source, event_ids AS event_id
) AS mine
INNER JOIN (SELECT source, event_id, occurred_at, touchpoint, emotion, comment FROM comments) AS said
    ON said.source = mine.source AND said.event_id = mine.event_id
ORDER BY said.emotion NULLS LAST, occurred_at DESC, customer_id
LIMIT 100
