-- Journeys as they are (journey_log) and as they would be (diff_journey_log), customer by customer.
--
-- sample       one customer in so many
-- definitions  those of both mappings: by these a customer's journeys can differ
--
-- They do not differ by their stages' numbers, by how far it is to a goal, nor by how long they
-- would stay open.
WITH
    sides AS
    (
        SELECT
            definition, customer_id, 0 AS is_new,
            sipHash64(tuple(* EXCEPT (definition, customer_id, run, is_gone, version, lookback_s, outside,
                stage_nos, seconds_to_goal, closes_at))) AS hash,
            is_converted
        FROM journey_log FINAL
        WHERE nth > 0
            AND reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2)))) % {sample:UInt64} = 0
        UNION ALL
        SELECT
            definition, customer_id, 1 AS is_new,
            sipHash64(tuple(* EXCEPT (definition, customer_id, run, is_gone, version, lookback_s, outside,
                stage_nos, seconds_to_goal, closes_at))) AS hash,
            is_converted
        FROM diff_journey_log FINAL
        WHERE nth > 0
    ),
    by_definition AS
    (
        SELECT
            definition, customer_id,
            sumIf(hash, is_new = 0) != sumIf(hash, is_new = 1) AS differs,
            countIf(is_new = 0) AS journeys_before,
            countIf(is_new = 1) AS journeys_after,
            countIf(is_new = 0 AND is_converted) AS conversions_before,
            countIf(is_new = 1 AND is_converted) AS conversions_after
        FROM sides
        GROUP BY definition, customer_id
    )
SELECT
    definition,
    sum(journeys_before), sum(journeys_after),
    sum(conversions_before), sum(conversions_after),
    count() AS customers,
    countIf(differs) AS customers_changed
FROM by_definition
GROUP BY definition
UNION ALL
-- Under no name: customers, whatever the definition. Accounts are none.
SELECT '', 0, 0, 0, 0, uniqExact(customer_id), uniqExactIf(customer_id, differs AND definition IN {definitions:Array(String)})
FROM by_definition
WHERE startsWith(customer_id, 'c')
