-- Where are customers now? Open journeys without a goal so far, by the latest stage; whatever the
-- time range, for open is a state.
{common}
    now_there AS
    (
        SELECT arrayLast(no -> no > 0, stage_nos) AS stage_no, uniqExact(customer_id) AS customers
        FROM taken
        WHERE is_open = 1 AND is_converted = 0
        GROUP BY stage_no
    )
SELECT stages.stage AS stage, now_there.customers AS customers
FROM (SELECT stage_no, stage FROM definition_stages WHERE definition = {definition:String}) AS stages
LEFT JOIN now_there ON now_there.stage_no = stages.stage_no
ORDER BY stages.stage_no
