-- After which touchpoint do journeys come to harm more often than they used to? Contacts of the last
-- seven days against those before, as in the measure pain_points: how far the interval of the one lies
-- above that of the other, above 0 where chance would hardly do it.
{common}
{judged}
    -- Contacts alike are counted together: then six kinds of a few rows are looked at, not of all.
    alike AS
    (
        SELECT name, moment >= {until:DateTime64(3)} - INTERVAL 7 DAY AS is_late, risk, harm, count() AS contacts
        FROM judged
        ARRAY JOIN names AS name, moments AS moment, risks AS risk, harms AS harm
        GROUP BY name, is_late, risk, harm
    ),
    counted AS
    (
        SELECT
            toString(name) AS touchpoint, kind,
            sumIf(contacts, is_late) AS late,
            sumIf(contacts, is_late AND bitTest(harm, place)) AS late_harmed,
            sumIf(contacts, NOT is_late) AS early,
            sumIf(contacts, NOT is_late AND bitTest(harm, place)) AS early_harmed
        FROM alike
        ARRAY JOIN kinds AS kind, range(6) AS place
        WHERE bitTest(risk, place)
        GROUP BY touchpoint, kind
    )
SELECT
    touchpoint, kind,
    wilson_low(late_harmed / nullIf(late, 0), late) - wilson_high(early_harmed / nullIf(early, 0), early) AS risen
FROM counted
WHERE isNotNull(risen)
ORDER BY touchpoint, kind
