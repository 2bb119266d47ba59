CREATE OR REPLACE VIEW paths
(
    definition        LowCardinality(String) COMMENT 'journey definition',
    path_text         String COMMENT 'a > b > c, the same touchpoint several times in a row written once',
    journeys          UInt64 COMMENT 'journeys that took it. Their sum is the number of journeys',
    customers         UInt64 COMMENT 'customers that took it',
    converted         UInt64 COMMENT 'journeys that reached a goal',
    conversion        Float64 COMMENT 'converted / journeys',
    median_duration_s Float64 COMMENT 'median seconds from the first step to the last'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    definition,
    path_text,
    count() AS journeys,
    uniqExact(customer_id) AS customers,
    countIf(is_converted = 1) AS converted,
    countIf(is_converted = 1) / count() AS conversion,
    quantileExact(0.5)(duration_s) AS median_duration_s
FROM journeys AS taken
GROUP BY definition, path_text
COMMENT 'Journeys grouped by the path they took.'
