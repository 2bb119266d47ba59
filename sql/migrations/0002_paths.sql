-- Derived tables: recomputed from the facts for the customers touched, replaced customer by customer.

CREATE TABLE identity_log
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
ALTER TABLE identity_log ADD PROJECTION by_component (SELECT * ORDER BY component);

CREATE TABLE path_log
(
    definition  LowCardinality(String) COMMENT 'name of the journey definition',
    customer_id String COMMENT 'the customer',
    run         UInt64 COMMENT 'the stitch that wrote this, ms since 1970; the latest holds',
    step Nested
    (
        occurred_at DateTime64(3, 'UTC'),
        source      LowCardinality(String),
        event_id    String,
        touchpoint  LowCardinality(String),
        channel     LowCardinality(String),
        stage       LowCardinality(String),
        stage_no    UInt8,
        outcome     LowCardinality(String),
        value       Nullable(Decimal(18, 4)),
        wait_s      Nullable(Float64),
        duration_s  Nullable(Float64),
        emotion     Nullable(Float64)
    ),
    journey Nested
    (
        first      UInt32,
        length     UInt32,
        closes_at  DateTime64(3, 'UTC'),
        end_reason LowCardinality(String),
        is_converted UInt8
    )
)
-- One row holds all journeys of one customer, so replacing it is atomic: no reader sees half a
-- customer, and no journey of an earlier stitch can stay behind. An empty row says the customer
-- is no more.
ENGINE = ReplacingMergeTree(run)
-- The customer: looked up one by one, replaced one by one.
ORDER BY (definition, customer_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE stitch_touched
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

CREATE TABLE stitch_scope
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

CREATE TABLE stitched_log
(
    token       String COMMENT 'a batch',
    run         UInt64 COMMENT 'the stitch that took it in',
    stitched_at DateTime DEFAULT now() COMMENT 'when'
)
ENGINE = ReplacingMergeTree(run)
-- token: the question is always whether this batch is in.
ORDER BY token
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE stage_log
(
    position UInt8 COMMENT 'place in the order, from 1',
    stage    LowCardinality(String) COMMENT 'name of the stage',
    run      UInt64 COMMENT 'the stitch that used this order; the latest holds'
)
ENGINE = ReplacingMergeTree
-- run first: the stages of one mapping are read together.
ORDER BY (run, position)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE mapping_log
(
    version  String COMMENT 'version:digest, as stored with each batch',
    document String COMMENT 'the mapping as JSON',
    used_at  DateTime64(3, 'UTC') COMMENT 'when a process first wrote with it'
)
ENGINE = ReplacingMergeTree(used_at)
-- version: looked up by the version a batch names.
ORDER BY version
SETTINGS non_replicated_deduplication_window = 10000;
