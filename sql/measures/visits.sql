    -- Each journey at each stage it came to: since when, and when it first came to a later one. This
    -- stands for {visits} in the measures of moving on.
    visits AS
    (
        SELECT
            customer_id, journey_no, is_open, is_converted, path, channels, ended_at, closes_at,
            visit.1 AS stage_no, visit.2 AS stage,
            arrayMax(stage_nos) AS furthest,
            indexOf(stage_nos, stage_no) AS place,
            times[place] AS since,
            arrayFirstIndex(no -> no > stage_no, arraySlice(stage_nos, place + 1)) AS ahead,
            if(ahead > 0, times[place + ahead], NULL) AS moved_at
        FROM taken
        ARRAY JOIN arrayFilter(seen -> seen.1 > 0, arrayDistinct(arrayZip(stage_nos, stages))) AS visit
    ),
