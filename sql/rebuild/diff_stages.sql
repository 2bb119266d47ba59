-- Steps by stage, as they are by one definition and as they would be by one (the same, if it stays).
WITH sides AS
(
    SELECT arrayJoin(stages) AS stage, 0 AS is_new
    FROM journey_log FINAL
    WHERE definition = {before:String}
        AND reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2)))) % {sample:UInt64} = 0
    UNION ALL
    SELECT arrayJoin(stages) AS stage, 1 AS is_new
    FROM diff_journey_log FINAL
    WHERE definition = {after:String}
)
SELECT stage, countIf(is_new = 0) AS before, countIf(is_new = 1) AS after
FROM sides
GROUP BY stage
