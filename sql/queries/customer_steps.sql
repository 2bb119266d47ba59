-- One customer's path, step by step.
SELECT
    journey_no, position, occurred_at, channel, stage, touchpoint, outcome, wait_s, value, emotion,
    loop_no, is_handoff, source, event_id
FROM steps
WHERE customer_id = {customer:String} AND definition = {definition:String}
ORDER BY journey_no, position
