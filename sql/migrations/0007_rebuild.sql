-- `cjm rebuild`: how far it has come, and what the page at hand is to be given.

CREATE TABLE IF NOT EXISTS rebuild_log
(
    rebuild UInt64 COMMENT 'the rebuild, ms since 1970',
    version LowCardinality(String) COMMENT 'version of the mapping it applies to history',
    task    LowCardinality(String) COMMENT 'begin, map, stitch, paths, end',
    place   String COMMENT 'how far the task has come',
    done_at DateTime DEFAULT now() COMMENT 'when'
)
ENGINE = MergeTree
-- rebuild: only the latest one is read.
ORDER BY (rebuild, task)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS remap_page
(
    page        UUID COMMENT 'the page of event_log',
    seen        String COMMENT 'hash of what the rules saw and what was said of it so far',
    touchpoint  LowCardinality(String) COMMENT 'what they say now; the same columns as of event_log',
    channel     LowCardinality(String) COMMENT 'where the contact took place',
    stage       LowCardinality(String) COMMENT 'stage of the journey; empty when the rule names none',
    drop_reason LowCardinality(String) COMMENT 'why the event is no touchpoint; empty when it is one',
    emotion     Nullable(Float64) COMMENT 'the answer from -1 to +1; NULL when nothing is known',
    made_at     DateTime DEFAULT now() COMMENT 'for clearing up'
)
ENGINE = MergeTree
-- page: a page reads its own rows only.
ORDER BY (page, seen)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;
