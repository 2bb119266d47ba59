-- A row a journey, in the order of their starts, where a row held all journeys of a customer: who
-- asks for thirty days reads thirty days. It is empty at first; the next stitch, whoever runs it,
-- writes everybody anew.

CREATE TABLE IF NOT EXISTS journey_log
(
    definition   LowCardinality(String) COMMENT 'name of the journey definition',
    customer_id  String COMMENT 'the customer, c and 16 hex digits; or the account, a and 16 hex digits',
    started_at   DateTime64(3, 'UTC') COMMENT 'time of the first step; 1970 where there is no journey',
    nth          UInt32 COMMENT 'among the customer''s journeys that start at that very time, from 1; 0: no journey, but that the customer was written',
    run          UInt64 COMMENT 'the stitch that wrote this, ms since 1970; the latest holds',
    is_gone      UInt8 COMMENT '1 when a later stitch found no journey here',
    journey_no   UInt32 COMMENT 'the customer''s journeys, from 1',
    ended_at     DateTime64(3, 'UTC') COMMENT 'time of the last step',
    closes_at    DateTime64(3, 'UTC') COMMENT 'when it counts as ended unless something happens',
    end_reason   LowCardinality(String) COMMENT 'ended, new_start, inactivity; empty while it is the last one and not ended',
    is_converted UInt8 COMMENT '1 when a goal touchpoint is among its steps',
    converted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'time of the first goal touchpoint; NULL when there is none',
    value        Decimal(38, 4) COMMENT 'sum of the steps'' money',
    emotion      Nullable(Float64) COMMENT 'mean of what is known; NULL when nothing is',
    path         Array(LowCardinality(String)) COMMENT 'the named contact of each step',
    times        Array(DateTime64(3, 'UTC')) COMMENT 'when; steps are in this order',
    sources      Array(LowCardinality(String)) COMMENT 'source of each step',
    event_ids    Array(String) COMMENT 'the event behind each step',
    channels     Array(LowCardinality(String)) COMMENT 'where each took place',
    stages       Array(LowCardinality(String)) COMMENT 'stage of each; empty when none',
    stage_nos    Array(UInt8) COMMENT 'place of the stage in the order, from 1; 0 when none',
    outcomes     Array(LowCardinality(String)) COMMENT 'how each ended',
    amounts      Array(Nullable(Decimal(18, 4))) COMMENT 'money of each; negative when given back',
    waits_s      Array(Nullable(Float64)) COMMENT 'seconds waited in a queue',
    durations_s  Array(Nullable(Float64)) COMMENT 'seconds from its beginning to its end',
    emotions     Array(Nullable(Float64)) COMMENT '-1 to +1; NULL when nothing is known',
    are_read     Array(UInt8) COMMENT '1 when the emotion was read from a comment rather than given as a score',
    topics       Array(LowCardinality(String)) COMMENT 'what each step is about; empty where nothing is known',
    seconds_to_goal Array(Nullable(Float64)) COMMENT 'seconds to the journey''s first goal at or after the step; NULL when none comes',
    contacts     Array(UInt64) COMMENT 'customer behind each step, where the unit is the account; empty where it is the customer',
    version      LowCardinality(String) COMMENT 'version of the definition it was cut by',
    lookback_s   Nullable(UInt64) COMMENT 'look-back window of that version, seconds; NULL when it has none',
    outside      UInt64 COMMENT 'where nth is 0: the customer''s touchpoints that are in no journey, as no start came before them',
    -- One customer is looked up in few granules, too.
    INDEX by_customer customer_id TYPE bloom_filter GRANULARITY 1
)
-- All journeys of a customer are written by one insert, with those that are gone, so a reader sees
-- them of one stitch; only where a block of many customers ends can he meet half a customer, until
-- the next block is in.
ENGINE = ReplacingMergeTree(run, is_gone)
-- Start, then customer: a period is read in one piece. No two journeys share all four.
ORDER BY (definition, started_at, customer_id, nth)
SETTINGS non_replicated_deduplication_window = 10000;

DROP TABLE IF EXISTS path_log SYNC;
