-- Identity that can be undone, and lookups whose cost does not grow with history.
--
-- Granularity and sort keys cannot be altered, so these tables are made anew beside the old ones,
-- which 0004 removes and 0005 gives their names. Cut off anywhere and run again, each file ends the
-- same: rows copied twice are one row.

CREATE TABLE IF NOT EXISTS next_event_log
(
    identifier      UInt64 COMMENT 'number of the first-ranked identifier; 0 when the event has none',
    occurred_at     DateTime64(3, 'UTC') COMMENT 'when it happened, at the customer',
    source          LowCardinality(String) COMMENT 'website, call_centre, store, survey, crm',
    event_id        String COMMENT 'the producer''s id, or a hash of the source''s natural key',
    fingerprint     UInt64 COMMENT 'hash of what the event says; the same id with another one is a conflict',
    format          LowCardinality(String) COMMENT 'wire format it was read from',
    name            LowCardinality(String) COMMENT 'the source''s own word for it',
    touchpoint      LowCardinality(String) COMMENT 'the contact it stands for; empty when unmapped or dropped',
    channel         LowCardinality(String) COMMENT 'where the contact took place',
    stage           LowCardinality(String) COMMENT 'stage of the journey; empty when the rule names none',
    drop_reason     LowCardinality(String) COMMENT 'why the event is no touchpoint; empty when it is one',
    format_drop     LowCardinality(String) COMMENT 'the drop reason its format gave; a rule cannot overrule it',
    identifiers     Array(UInt64) COMMENT 'numbers of all its identifiers, first-ranked first',
    account         UInt64 COMMENT 'number of the account it names; 0 when it names none',
    outcome         LowCardinality(String) COMMENT 'how it ended: answered, abandoned, sold, return, 404, …',
    value           Nullable(Decimal(18, 4)) COMMENT 'money, in `currency`; negative when given back',
    currency        LowCardinality(String) COMMENT 'ISO 4217',
    duration_s      Nullable(Float64) COMMENT 'seconds from its beginning to its end',
    wait_s          Nullable(Float64) COMMENT 'seconds the customer waited in a queue; NULL when it did not queue',
    metric          LowCardinality(String) COMMENT 'csat, nps or ces where a score was given',
    score           Nullable(Float64) COMMENT 'the answer on the metric''s own scale',
    emotion         Nullable(Float64) COMMENT 'the answer from -1 to +1; NULL when nothing is known',
    comment         String COMMENT 'the customer''s own words',
    attributes      Map(LowCardinality(String), String) COMMENT 'the other parsed fields',
    revision        UInt64 COMMENT 'orders several states of one contact; the highest stands',
    received_at     DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping that classified it',
    topic           LowCardinality(String) COMMENT 'address of the record: topic',
    partition       Int32 COMMENT 'address of the record: partition',
    offset          Int64 COMMENT 'address of the record: offset'
)
-- Replacing by stored_at: a re-mapped event takes the place of what an older mapping said of it.
ENGINE = ReplacingMergeTree(stored_at)
-- By the event's own time: a redelivery must land in the partition of the first delivery. By years:
-- a customer's events are looked up in every part, so there had better be few.
PARTITION BY toYear(occurred_at)
-- identifier first: stitching reads all events of the customers touched, and nothing else.
-- occurred_at: those events are then in their order. source, event_id: what makes an event one.
-- fingerprint: another payload under the same id stays visible as a conflict.
ORDER BY (identifier, occurred_at, source, event_id, fingerprint)
-- Small granules: what a stitch reads in vain must not grow with history.
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

INSERT INTO next_event_log (identifier, occurred_at, source, event_id, fingerprint, format, name, touchpoint, channel, stage, drop_reason, identifiers, outcome, value, currency, duration_s, wait_s, metric, score, emotion, comment, attributes, revision, received_at, stored_at, mapping_version, topic, partition, offset, format_drop)
SELECT
    identifier, occurred_at, source, event_id, fingerprint, format, name, touchpoint, channel, stage, drop_reason, identifiers, outcome, value, currency, duration_s, wait_s, metric, score, emotion, comment, attributes, revision, received_at, stored_at, mapping_version, topic, partition, offset,
    -- Until now a format's own reasons could be told from a rule's by their names only.
    if(format = 'crosswalk' OR drop_reason NOT IN
        ('identity_only', 'phantom_call', 'control_transaction', 'outbound_call', 'voided_sale', 'no_answer'),
        '', drop_reason)
FROM event_log;

CREATE TABLE IF NOT EXISTS next_link_log
(
    identifier    UInt64 COMMENT 'one end; each link is stored from both ends',
    neighbour     UInt64 COMMENT 'the other end',
    source        LowCardinality(String) COMMENT 'source of the events that show it',
    rule          LowCardinality(String) COMMENT 'why it counts: same_event',
    first_seen_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'earliest event that shows it',
    last_seen_at  SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'latest event that shows it',
    evidence      SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), String)) COMMENT 'time and id of the earliest event that shows it'
)
-- min and max only: storing the same evidence twice changes nothing.
ENGINE = AggregatingMergeTree
-- identifier first: a component is collected neighbour by neighbour.
ORDER BY (identifier, neighbour, source, rule)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

INSERT INTO next_link_log SELECT * FROM link_log;

CREATE TABLE IF NOT EXISTS next_identifier_log
(
    identifier    UInt64 COMMENT 'halfMD5(kind : value)',
    kind          LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    value         String COMMENT 'in its normal form; a keyed hash where the kind is personal',
    first_seen_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'earliest event that carries it',
    last_seen_at  SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'latest event that carries it'
)
ENGINE = AggregatingMergeTree
-- identifier: looked up by number only; kind and value are functions of it.
ORDER BY (identifier, kind, value)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

INSERT INTO next_identifier_log
SELECT identifier, kind, value, first_seen_at, last_seen_at FROM identifier_log;

CREATE TABLE IF NOT EXISTS account_log
(
    account       UInt64 COMMENT 'number of the account: halfMD5(kind : value)',
    identifier    UInt64 COMMENT 'number of an identifier that was seen together with it',
    first_seen_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'earliest event that shows it',
    last_seen_at  SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'latest event that shows it'
)
ENGINE = AggregatingMergeTree
-- account first: the question is who belongs to it.
ORDER BY (account, identifier)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

CREATE TABLE IF NOT EXISTS decision_log
(
    decision   UInt32 COMMENT 'its number, from 1',
    action     LowCardinality(String) COMMENT 'include, exclude, unmerge, undo',
    identifier UInt64 COMMENT 'the identifier it is about; 0 for undo',
    other      UInt64 COMMENT 'the other one, of include and exclude; else 0',
    undoes     UInt32 COMMENT 'the decision that an undo takes back; else 0',
    decided_by String COMMENT 'who decided',
    reason     String COMMENT 'why',
    decided_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = MergeTree
-- decision: few, and always read all together.
ORDER BY decision
SETTINGS non_replicated_deduplication_window = 10000;

-- Who is who, in a new form: why an identifier belongs where it does, and customers by number.
CREATE TABLE IF NOT EXISTS next_identity_log
(
    identifier  UInt64 COMMENT 'number of the identifier',
    customer    UInt64 COMMENT 'the identifier its customer is named after; 0 when it is nobody''s',
    component   UInt64 COMMENT 'least number among all identifiers joined to it by links that count',
    hops        UInt8 COMMENT 'links from the person it follows; 0 for a person''s own',
    standing    Enum8('unknown' = 0, 'person' = 1, 'linked' = 2, 'anonymous' = 3, 'shared' = 4,
                      'public' = 5, 'crowd' = 6, 'apart' = 7) COMMENT 'why it belongs there',
    run         UInt64 COMMENT 'the stitch that found this, ms since 1970',
    customer_id String ALIAS if(customer = 0, '', concat('c', leftPad(lower(hex(customer)), 16, '0'))) COMMENT 'the customer''s id'
)
-- Appended to, never replaced: who was who on a given day stays known.
ENGINE = MergeTree
-- identifier, then run: the latest row of an identifier is the one that holds.
ORDER BY (identifier, run)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

-- The same by component: stitching widens a touched identifier to all that is joined to it.
ALTER TABLE next_identity_log ADD PROJECTION IF NOT EXISTS by_component (SELECT * ORDER BY component);

-- The next stitch takes everything anew: standings of the old form are unknown.
INSERT INTO next_identity_log (identifier, customer, component, run)
SELECT identifier, reinterpretAsUInt64(reverse(unhex(substring(customer_id, 2)))), component, run
FROM identity_log;

CREATE TABLE IF NOT EXISTS kind_log
(
    position  UInt8 COMMENT 'rank of the kind, from 1: an event is its first-ranked identifier''s',
    kind      LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    is_strong UInt8 COMMENT '1 when the kind names one person',
    run       UInt64 COMMENT 'the stitch that used these kinds; the latest holds'
)
ENGINE = ReplacingMergeTree
-- run first: the kinds of one mapping are read together.
ORDER BY (run, position)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS next_contested_log
(
    identifier  UInt64 COMMENT 'an identifier the event stands under; 0 when one state has none',
    event_key   UInt64 COMMENT 'an event that came in several states',
    source      LowCardinality(String) COMMENT 'source of the event',
    event_id    String COMMENT 'id of the event',
    holder      UInt64 COMMENT 'the identifier of the state that holds',
    fingerprint UInt64 COMMENT 'of the state that holds',
    run         UInt64 COMMENT 'the stitch that found it so, ms since 1970; the latest holds'
)
ENGINE = ReplacingMergeTree(run)
-- identifier first: a stitch asks for the events of the customers touched.
ORDER BY (identifier, event_key)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

CREATE TABLE IF NOT EXISTS next_stitch_scope
(
    run         UInt64 COMMENT 'the stitch',
    identifier  UInt64 COMMENT 'an identifier of the customer; 0 when the customer is no more',
    customer    UInt64 COMMENT 'a customer to be written anew',
    part        UInt16 COMMENT 'a rebuild writes part after part',
    made_at     DateTime DEFAULT now() COMMENT 'for clearing up',
    customer_id String ALIAS concat('c', leftPad(lower(hex(customer)), 16, '0')) COMMENT 'the customer''s id'
)
ENGINE = MergeTree
-- run and part, then identifier: the stitch joins events by identifier within its own part.
ORDER BY (run, part, identifier)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS next_stitch_touched
(
    run        UInt64 COMMENT 'the stitch',
    identifier UInt64 COMMENT 'an identifier it looks at',
    ring       UInt8 COMMENT '0: carried by a new event or decision; 1: joined to those; 2, 3: linked to shared ones',
    made_at    DateTime DEFAULT now() COMMENT 'for clearing up'
)
ENGINE = MergeTree
-- run: a stitch reads its own rows only.
ORDER BY (run, ring, identifier)
TTL made_at + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;
