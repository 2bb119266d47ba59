-- Derived tables: recomputed from the facts for the customers touched, replaced customer by customer.

CREATE TABLE IF NOT EXISTS identity_log
(
    identifier  UInt64 COMMENT 'number of the identifier',
    customer_id String COMMENT 'the customer it belongs to from this run on',
    component   UInt64 COMMENT 'least number among all identifiers linked to it, however weakly',
    is_shared   UInt8 COMMENT '1 when it meets several persons and so belongs to none',
    run         UInt64 COMMENT 'the stitch that found this, ms since 1970'
)
-- Appended to, never replaced: who was who on a given day stays known.
ENGINE = MergeTree
-- identifier, then run: the latest row of an identifier is the one that holds.
ORDER BY (identifier, run)
SETTINGS non_replicated_deduplication_window = 10000;

-- The same by component: stitching widens a touched identifier to all that is linked to it.
ALTER TABLE identity_log ADD PROJECTION IF NOT EXISTS by_component (SELECT * ORDER BY component);

CREATE TABLE IF NOT EXISTS path_log
(
    definition  LowCardinality(String) COMMENT 'name of the journey definition',
    customer_id String COMMENT 'the customer',
    run         UInt64 COMMENT 'the stitch that wrote this, ms since 1970; the latest holds',
    -- Two Nested columns, spelt out: inside Nested no column can carry a comment.
    `step.occurred_at` Array(DateTime64(3, 'UTC')) COMMENT 'when; steps are in this order',
    `step.source`      Array(LowCardinality(String)) COMMENT 'source of each step',
    `step.event_id`    Array(String) COMMENT 'the event behind each step',
    `step.touchpoint`  Array(LowCardinality(String)) COMMENT 'the named contact',
    `step.channel`     Array(LowCardinality(String)) COMMENT 'where it took place',
    `step.stage`       Array(LowCardinality(String)) COMMENT 'stage; empty when none',
    `step.stage_no`    Array(UInt8) COMMENT 'place of the stage in the order, from 1; 0 when none',
    `step.outcome`     Array(LowCardinality(String)) COMMENT 'how it ended',
    `step.value`       Array(Nullable(Decimal(18, 4))) COMMENT 'money; negative when given back',
    `step.wait_s`      Array(Nullable(Float64)) COMMENT 'seconds waited in a queue',
    `step.duration_s`  Array(Nullable(Float64)) COMMENT 'seconds from its beginning to its end',
    `step.emotion`     Array(Nullable(Float64)) COMMENT '-1 to +1; NULL when nothing is known',
    `journey.first`    Array(UInt32) COMMENT 'number of each journey''s first step, from 1',
    `journey.length`   Array(UInt32) COMMENT 'steps in each journey; together all steps',
    `journey.closes_at` Array(DateTime64(3, 'UTC')) COMMENT 'when it counts as ended unless something happens',
    `journey.end_reason` Array(LowCardinality(String)) COMMENT 'ended, new_start, inactivity; empty while it is the last one and not ended',
    `journey.is_converted` Array(UInt8) COMMENT '1 when a goal touchpoint is among its steps',
    `journey.converted_at` Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'time of the first goal touchpoint; NULL when there is none'
)
-- One row holds all journeys of one customer, so replacing it is atomic: no reader sees half a
-- customer, and no journey of an earlier stitch can stay behind. An empty row says the customer
-- is no more.
ENGINE = ReplacingMergeTree(run)
-- The customer: looked up one by one, replaced one by one.
ORDER BY (definition, customer_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stitch_touched
(
    run        UInt64 COMMENT 'the stitch',
    identifier UInt64 COMMENT 'an identifier it has to resolve anew',
    is_start   UInt8 COMMENT '1 when an event carries it, 0 when it is only linked to one of those',
    made_at    DateTime DEFAULT now() COMMENT 'for clearing up'
)
ENGINE = MergeTree
-- run: a stitch reads its own rows only.
ORDER BY (run, identifier)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS contested_log
(
    event_key UInt64 COMMENT 'an event that stands under several identifiers',
    run       UInt64 COMMENT 'the stitch that found it so, ms since 1970'
)
ENGINE = ReplacingMergeTree
-- run after the key: each stitch also asks for those it found itself.
ORDER BY (event_key, run)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stitch_scope
(
    run         UInt64 COMMENT 'the stitch',
    identifier  UInt64 COMMENT 'an identifier of the customer; 0 when the customer is no more',
    customer_id String COMMENT 'a customer to be written anew',
    made_at     DateTime DEFAULT now() COMMENT 'for clearing up'
)
ENGINE = MergeTree
-- run, then identifier: the stitch joins events by identifier within its own run.
ORDER BY (run, identifier)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stitched_log
(
    token       String COMMENT 'a batch',
    run         UInt64 COMMENT 'the stitch that took it in',
    stitched_at DateTime DEFAULT now() COMMENT 'when'
)
ENGINE = ReplacingMergeTree(run)
-- token: the question is always whether this batch is in.
ORDER BY token
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stage_log
(
    position UInt8 COMMENT 'place in the order, from 1',
    stage    LowCardinality(String) COMMENT 'name of the stage',
    run      UInt64 COMMENT 'the stitch that used this order; the latest holds'
)
ENGINE = ReplacingMergeTree
-- run first: the stages of one mapping are read together.
ORDER BY (run, position)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS mapping_log
(
    version  String COMMENT 'version:digest, as stored with each batch',
    document String COMMENT 'the mapping as JSON',
    used_at  DateTime64(3, 'UTC') COMMENT 'when a process first wrote with it'
)
ENGINE = ReplacingMergeTree(used_at)
-- version: looked up by the version a batch names.
ORDER BY version
SETTINGS non_replicated_deduplication_window = 10000;
