-- Which journeys are behind a number? The latest ones of those asked for, by stage and touchpoint.
{common}
SELECT
    customer_id, journey_no, started_at, path_text, is_converted, is_open, value, emotion
FROM taken
ORDER BY started_at DESC, customer_id, journey_no
LIMIT 200
