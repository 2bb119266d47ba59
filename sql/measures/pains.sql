    -- Who answers for a touchpoint, or else for its stage.
    (SELECT (groupArray(name), groupArray(owner)) FROM owners) AS owned,
    (touchpoint, stage) -> owned.2[indexOf(owned.1, if(has(owned.1, toString(touchpoint)), toString(touchpoint), toString(stage)))] AS owner_of,
    -- Pains: of each touchpoint and stage, how many journeys with it came to harm, against those without
    -- it at that stage. This stands for {pains} in the measures of pain points, after {judged}.
    -- A customer at a time, so that customers are counted where they are added up.
    added AS
    (
        SELECT
            stage, name, customer,
            sum(risk) AS risked, sum(harm) AS harmed, sum(stage_risk) AS stage_risked, sum(stage_harm) AS stage_harmed
        FROM
        (
            SELECT
                stage, customer, names,
                counts_at_stage(risks) AS stage_risk,
                counts_at_stage(harms) AS stage_harm,
                arrayMap(mask -> counts_of[mask + 1], risks) AS name_risks,
                arrayMap(mask -> counts_of[mask + 1], harms) AS name_harms
            FROM judged
        )
        -- The stage as a whole is a name among its names, the empty one.
        ARRAY JOIN arrayPushFront(names, '') AS name, arrayPushFront(name_risks, stage_risk) AS risk, arrayPushFront(name_harms, stage_harm) AS harm
        GROUP BY stage, name, customer
    ),
    summed AS
    (
        SELECT
            stage, name,
            sumForEach(arrayMap(kind -> count_in(risked, kind) > 0, range(6))) AS customers,
            sumForEach(arrayMap(kind -> count_in(added.harmed, kind) > 0, range(6))) AS harmed,
            sumForEach(arrayMap(kind -> count_in(risked, kind), range(6))) AS n,
            sumForEach(arrayMap(kind -> count_in(added.harmed, kind), range(6))) AS x,
            sumForEach(arrayMap(kind -> count_in(stage_risked, kind), range(6))) AS stage_n,
            sumForEach(arrayMap(kind -> count_in(stage_harmed, kind), range(6))) AS stage_x
        FROM added
        GROUP BY stage, name
    ),
    compared AS
    (
        SELECT
            stage, name AS touchpoint, kind,
            reached, hurt, reached / nullIf(stage_reached, 0) AS reach,
            with_n AS journeys, with_x AS harmed,
            whole_n - part_n AS other_journeys, whole_x - part_x AS other_harmed,
            harmed / nullIf(journeys, 0) AS rate,
            other_harmed / nullIf(other_journeys, 0) AS other_rate,
            rate - other_rate AS difference,
            -- Newcombe's interval of a difference, from those of both shares.
            difference - sqrt(pow(rate - wilson_low(rate, journeys), 2) + pow(wilson_high(other_rate, other_journeys) - other_rate, 2)) AS low,
            difference + sqrt(pow(wilson_high(rate, journeys) - rate, 2) + pow(other_rate - wilson_low(other_rate, other_journeys), 2)) AS high
        FROM
        (
            -- Of the stage as a whole there is one row: its maximum is itself.
            SELECT
                *,
                maxIf(customers, name = '') OVER (PARTITION BY stage) AS all_customers,
                maxIf(n, name = '') OVER (PARTITION BY stage) AS all_n,
                maxIf(x, name = '') OVER (PARTITION BY stage) AS all_x
            FROM summed
        ) AS touched
        ARRAY JOIN
            kinds AS kind,
            customers AS reached, touched.harmed AS hurt, all_customers AS stage_reached,
            n AS with_n, x AS with_x, stage_n AS part_n, stage_x AS part_x, all_n AS whole_n, all_x AS whole_x
        WHERE name != ''
    ),
    pains AS
    (
        SELECT *
        FROM compared
        WHERE journeys >= {least:UInt32} AND other_journeys >= {least:UInt32} AND difference > 0
    ),
