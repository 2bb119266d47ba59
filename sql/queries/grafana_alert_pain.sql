-- After which touchpoint do journeys come to harm more often than they used to? Contacts of the last
-- seven days against those before, as in the measure pain_points: how far the interval of the one lies
-- above that of the other, above 0 where chance would hardly do it.
{common}
{judged}
    suffered AS
    (
        SELECT name AS touchpoint, kind, could, did, moment >= {until:DateTime64(3)} - INTERVAL 7 DAY AS is_late
        FROM (SELECT name, moment, risk, harm FROM judged ARRAY JOIN names AS name, moments AS moment, risks AS risk, harms AS harm)
        ARRAY JOIN kinds AS kind, risk AS could, harm AS did
        WHERE could = 1
    )
SELECT
    toString(touchpoint) AS touchpoint, kind,
    wilson_low(sumIf(did, is_late) / nullIf(countIf(is_late), 0), countIf(is_late))
        - wilson_high(sumIf(did, NOT is_late) / nullIf(countIf(NOT is_late), 0), countIf(NOT is_late)) AS risen
FROM suffered
GROUP BY touchpoint, kind
HAVING isNotNull(risen)
ORDER BY touchpoint, kind
