-- Journey map, touchpoints of each stage by channel: how often, in how many journeys, and in how
-- many of those the same touchpoint had already come before.
SELECT
    stage_no,
    channel,
    touchpoint,
    count() AS times,
    uniqExact(customer_id, journey_no) AS journeys,
    uniqExactIf((customer_id, journey_no), loop_no > 1) AS journeys_again
FROM steps
WHERE definition = {definition:String} AND stage_no > 0
GROUP BY stage_no, channel, touchpoint
ORDER BY stage_no, journeys DESC, times DESC, touchpoint, channel
