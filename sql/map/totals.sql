-- Journey map, header: how many journeys and customers, over what time, how many reached a goal,
-- how many are still open, and how many of their steps stand in no stage.
{common}
    asked AS (SELECT customer, is_converted, is_open, started_at, ended_at, step_count, stage_nos FROM taken)
SELECT
    count() AS journeys,
    uniqExact(customer) AS customers,
    countIf(is_converted = 1) AS converted,
    countIf(is_open = 1) AS still_open,
    countIf(is_open = 1 AND is_converted = 0) AS still_open_unconverted,
    min(started_at) AS first_at,
    max(ended_at) AS last_at,
    sum(step_count) AS steps,
    sum(arrayCount(no -> no = 0, stage_nos)) AS steps_without_stage
FROM asked
