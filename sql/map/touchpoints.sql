-- Journey map, touchpoints of each stage by channel: how often, in how many journeys and of how many
-- customers, in how many of those journeys the same touchpoint had already come before, and what
-- emotion is known of it.
{common}
    met AS
    (
        SELECT
            customer, journey_no, stage, channel, touchpoint, stage_no, nth, felt
        FROM taken
        ARRAY JOIN
            stages AS stage, channels AS channel, path AS touchpoint, stage_nos AS stage_no,
            arrayEnumerateUniq(path) AS nth, emotions AS felt
    )
SELECT
    stage,
    channel,
    touchpoint,
    count() AS times,
    uniqExact(customer, journey_no) AS journeys,
    uniqExact(customer) AS customers,
    uniqExactIf((customer, journey_no), nth > 1) AS journeys_again,
    count(felt) AS answers,
    if(answers = 0, NULL, avg(felt)) AS mean
FROM met
WHERE stage_no > 0
GROUP BY stage, channel, touchpoint
ORDER BY stage, journeys DESC, times DESC, touchpoint, channel
