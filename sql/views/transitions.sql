CREATE OR REPLACE VIEW transitions
(
    definition       LowCardinality(String) COMMENT 'journey definition',
    from_touchpoint  LowCardinality(String) COMMENT 'the step',
    to_touchpoint    LowCardinality(String) COMMENT 'the next step of the same journey; may be the same: a loop',
    transitions      UInt64 COMMENT 'how often. Their sum is steps − journeys',
    customers        UInt64 COMMENT 'of how many customers',
    median_seconds   Float64 COMMENT 'median time between the two'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    definition,
    previous_touchpoint AS from_touchpoint,
    touchpoint AS to_touchpoint,
    count() AS transitions,
    uniqExact(customer_id) AS customers,
    quantileExact(0.5)(assumeNotNull(seconds_since_previous)) AS median_seconds
FROM steps
WHERE position > 1
GROUP BY definition, previous_touchpoint, touchpoint
COMMENT 'What follows what, within journeys; loops are kept.'
