-- Journey map, behind a touchpoint: the five customers who met it most often in a stage, and how
-- often; of the hundred touchpoints met most in each stage.
{common}
    met AS
    (
        SELECT customer_id, stage, touchpoint, stage_no
        FROM taken
        ARRAY JOIN stages AS stage, path AS touchpoint, stage_nos AS stage_no
        WHERE stage_no > 0
    ),
    busiest AS
    (
        SELECT stage, touchpoint
        FROM met
        GROUP BY stage, touchpoint
        ORDER BY count() DESC, touchpoint
        LIMIT 100 BY stage
    )
SELECT stage, touchpoint, customer_id, count() AS times
FROM met
WHERE (stage, touchpoint) IN busiest
GROUP BY stage, touchpoint, customer_id
ORDER BY stage, touchpoint, times DESC, customer_id
LIMIT 5 BY stage, touchpoint
