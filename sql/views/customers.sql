CREATE OR REPLACE VIEW customers
(
    customer_id   String COMMENT 'the customer',
    is_known      UInt8 COMMENT '1 when a strong identifier (login, customer number, card) is among theirs',
    identifiers   UInt64 COMMENT 'how many identifiers belong to them',
    first_seen_at DateTime64(3, 'UTC') COMMENT 'their earliest step',
    last_seen_at  DateTime64(3, 'UTC') COMMENT 'their latest step',
    journeys      UInt64 COMMENT 'journeys, by the first definition of customers',
    steps         UInt64 COMMENT 'steps in all those journeys',
    sources       Array(LowCardinality(String)) COMMENT 'sources they were seen on, sorted',
    channels      Array(LowCardinality(String)) COMMENT 'channels they used, sorted',
    value         Decimal(38, 4) COMMENT 'sum of their money',
    emotion       Nullable(Float64) COMMENT 'mean of what is known; NULL when nothing is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    paths.customer_id AS customer_id,
    known.is_known AS is_known,
    known.identifiers AS identifiers,
    paths.first_seen_at AS first_seen_at,
    paths.last_seen_at AS last_seen_at,
    paths.journeys AS journeys,
    paths.steps AS steps,
    paths.sources AS sources,
    paths.channels AS channels,
    paths.value AS value,
    paths.emotion AS emotion
FROM
(
    SELECT
        customer_id,
        min(started_at) AS first_seen_at,
        max(ended_at) AS last_seen_at,
        count() AS journeys,
        sum(length(path)) AS steps,
        arraySort(groupUniqArrayArray(log.sources)) AS sources,
        arraySort(groupUniqArrayArray(log.channels)) AS channels,
        sum(log.value) AS value,
        avgArray(emotions) AS emotion
    FROM journey_log AS log FINAL
    WHERE nth > 0 AND definition =
    (
        SELECT argMin(definition, position)
        FROM definition_log
        WHERE unit = 'customer' AND run = (SELECT max(run) FROM definition_log)
    )
    GROUP BY customer_id
) AS paths
LEFT JOIN
(
    SELECT customer_id, max(is_strong) AS is_known, count() AS identifiers
    FROM identities
    GROUP BY customer_id
) AS known ON known.customer_id = paths.customer_id
COMMENT 'One row a customer who has at least one step in the first journey definition of customers.'
