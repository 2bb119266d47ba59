-- Journey definitions with a version, a unit and a window; and what the journeys of each say of it.
-- Cut off anywhere and run again, the file ends the same.

ALTER TABLE path_log ADD COLUMN IF NOT EXISTS version LowCardinality(String)
    COMMENT 'version of the definition these journeys were cut by; empty when older than versions are';
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS lookback_s Nullable(UInt64)
    COMMENT 'look-back window of that version, seconds; NULL when it has none';
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS outside UInt64
    COMMENT 'touchpoints that are in no journey, as no start came before them';
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS contacts Array(UInt64)
    COMMENT 'customer behind each step, where the unit is the account; empty where it is the customer';
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS `step.seconds_to_goal` Array(Nullable(Float64))
    COMMENT 'seconds to the journey''s first goal at or after the step; NULL when none comes';
ALTER TABLE path_log COMMENT COLUMN customer_id 'the customer, c and 16 hex digits; or the account, a and 16 hex digits';

CREATE TABLE IF NOT EXISTS definition_log
(
    definition      LowCardinality(String) COMMENT 'name of the journey definition',
    position        UInt16 COMMENT 'place in the mapping, from 1',
    version         LowCardinality(String) COMMENT 'fingerprint of what it says',
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
    run             UInt64 COMMENT 'the stitch that first used these definitions, ms since 1970; the latest hold'
)
ENGINE = ReplacingMergeTree
-- run first: the definitions of one mapping are read together.
ORDER BY (run, position)
SETTINGS non_replicated_deduplication_window = 10000;

-- The journeys written until now: their definitions are known by name only.
INSERT INTO definition_log (definition, position, unit, stages, run)
SELECT
    definition, row_number() OVER (ORDER BY definition), 'customer',
    (SELECT groupArray(stage) FROM (SELECT stage FROM stage_log WHERE run = (SELECT max(run) FROM stage_log) ORDER BY position)),
    0
FROM (SELECT DISTINCT definition FROM path_log);

CREATE TABLE IF NOT EXISTS stitch_accounts
(
    run        UInt64 COMMENT 'the stitch',
    part       UInt16 COMMENT 'accounts are written part after part',
    account    UInt64 COMMENT 'an account to be written anew',
    identifier UInt64 COMMENT 'an identifier of one of its customers; 0 when it has none',
    customer   UInt64 COMMENT 'that customer',
    made_at    DateTime DEFAULT now() COMMENT 'for clearing up'
)
ENGINE = MergeTree
-- run and part, then identifier: the stitch joins events by identifier within its own part.
ORDER BY (run, part, identifier)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;
