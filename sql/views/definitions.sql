CREATE OR REPLACE VIEW definitions
(
    definition      LowCardinality(String) COMMENT 'journey definition',
    position        UInt16 COMMENT 'place in the mapping, from 1',
    version         LowCardinality(String) COMMENT 'fingerprint of what it says',
    since           DateTime64(3, 'UTC') COMMENT 'when a stitch first used this version',
    unit            LowCardinality(String) COMMENT 'customer or account: whose journeys they are',
    stages          Array(LowCardinality(String)) COMMENT 'its stages in order',
    optional_stages Array(LowCardinality(String)) COMMENT 'stages a journey may leave out without having dropped off',
    goals           Array(LowCardinality(String)) COMMENT 'touchpoints that mean a journey converted',
    starts_at       Array(LowCardinality(String)) COMMENT 'touchpoints a journey starts at',
    only_from_start UInt8 COMMENT '1 when a journey starts nowhere else',
    ends_at         Array(LowCardinality(String)) COMMENT 'touchpoints a journey ends at',
    inactivity_s    UInt64 COMMENT 'seconds without contact that end a journey',
    inactivity_by_channel_s Map(LowCardinality(String), UInt64) COMMENT 'the same for channels with a patience of their own',
    lookback_s      Nullable(UInt64) COMMENT 'how long before a goal a step counts as having led there; NULL: always',
    journeys        UInt64 COMMENT 'journeys',
    steps           UInt64 COMMENT 'steps in all those journeys',
    outside         UInt64 COMMENT 'touchpoints in no journey, as no start came before them; those of nobody not counted',
    behind          UInt64 COMMENT 'customers or accounts not written by this version yet: rebuild, and there are none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    in_force AS (SELECT * FROM definition_log FINAL WHERE run = (SELECT max(run) FROM definition_log)),
    written AS
    (
        SELECT
            definition, version, customer_id,
            countIf(nth > 0) AS journeys, sum(length(path)) AS steps, sum(log.outside) AS outside
        FROM journey_log AS log FINAL
        WHERE definition IN (SELECT definition FROM in_force)
        GROUP BY definition, version, customer_id
    ),
    known AS
    (
        SELECT customer_id FROM written WHERE steps + outside > 0
        UNION DISTINCT
        SELECT concat('a', leftPad(lower(hex(account)), 16, '0')) FROM account_log
    ),
    -- Whoever is known should have been written by every definition of its unit; and whoever was
    -- written by another version, anew.
    due AS
    (
        SELECT in_force.definition AS definition, known.customer_id AS customer_id
        FROM known
        INNER JOIN in_force ON substring(in_force.unit, 1, 1) = substring(known.customer_id, 1, 1)
        UNION DISTINCT
        SELECT definition, customer_id FROM written WHERE steps + outside > 0
    ),
    done AS
    (
        SELECT written.definition, written.customer_id
        FROM written
        INNER JOIN in_force ON in_force.definition = written.definition AND in_force.version = written.version
    )
SELECT
    in_force.definition AS definition,
    in_force.position AS position,
    in_force.version AS version,
    fromUnixTimestamp64Milli(toInt64(used.since), 'UTC') AS since,
    in_force.unit AS unit,
    in_force.stages AS stages,
    in_force.optional_stages AS optional_stages,
    in_force.goals AS goals,
    in_force.starts_at AS starts_at,
    in_force.only_from_start AS only_from_start,
    in_force.ends_at AS ends_at,
    in_force.inactivity_s AS inactivity_s,
    in_force.inactivity_by_channel_s AS inactivity_by_channel_s,
    in_force.lookback_s AS lookback_s,
    sums.journeys AS journeys,
    sums.steps AS steps,
    sums.outside AS outside,
    late.behind AS behind
FROM in_force
INNER JOIN (SELECT definition, version, min(run) AS since FROM definition_log GROUP BY definition, version) AS used
    ON used.definition = in_force.definition AND used.version = in_force.version
LEFT JOIN
(
    SELECT
        definition, sum(written.journeys) AS journeys, sum(written.steps) AS steps,
        sum(written.outside) AS outside
    FROM written
    GROUP BY definition
) AS sums ON sums.definition = in_force.definition
LEFT JOIN
(
    SELECT definition, count() AS behind FROM due WHERE (definition, customer_id) NOT IN (done) GROUP BY definition
) AS late ON late.definition = in_force.definition
COMMENT 'The journey definitions in force: what they say, since when, and how far they are applied.'
