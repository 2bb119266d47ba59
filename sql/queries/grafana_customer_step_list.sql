-- What happened, step by step, the latest first?
SELECT
    occurred_at, journey_no, position, touchpoint, channel, stage, outcome, value, wait_s, duration_s,
    emotion, loop_no, is_handoff
FROM steps
WHERE definition = decodeURLComponent('${definition:percentencode}')
    AND customer_id = decodeURLComponent('${customer:percentencode}')
    AND $__timeFilter_ms(occurred_at)
ORDER BY journey_no DESC, position DESC
LIMIT 1000
