-- Changes made at touchpoints: with a moment and for whom, what came before can be set beside what came
-- after.

CREATE TABLE IF NOT EXISTS fix_log
(
    fix           UInt32 COMMENT 'its number, from 1',
    touchpoint    LowCardinality(String) COMMENT 'where something was changed',
    fixed_at      DateTime64(3, 'UTC') COMMENT 'since when it holds for customers',
    who           String COMMENT 'who changed it',
    what          String COMMENT 'what was changed',
    channels      Array(String) COMMENT 'for whom: journeys with one of these channels; empty: for all',
    sources       Array(String) COMMENT 'for whom: journeys with one of these sources; empty: for all',
    stages        Array(String) COMMENT 'for whom: journeys with one of these stages; empty: for all',
    customers     Array(String) COMMENT 'for whom: these customers or accounts; empty: for all',
    attributes    Array(Tuple(String, String)) COMMENT 'for whom: customers with events of these attributes, name and value; empty: for all',
    registered_at DateTime64(3, 'UTC') COMMENT 'when this was written here'
)
ENGINE = MergeTree
-- fix: they are few, and asked for by number.
ORDER BY fix
SETTINGS non_replicated_deduplication_window = 10000;
