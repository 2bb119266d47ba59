-- Facts: what was read, written once and never updated. Everything else is computed from these.
-- Reading them is the views' business: merges remove duplicates late, or never.

CREATE TABLE IF NOT EXISTS event_log
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
    identifiers     Array(UInt64) COMMENT 'numbers of all its identifiers, first-ranked first',
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
-- By the event's own time: a redelivery must land in the partition of the first delivery.
PARTITION BY toYYYYMM(occurred_at)
-- identifier first: stitching reads all events of the customers touched, and nothing else.
-- occurred_at: those events are then in their order. source, event_id: what makes an event one.
-- fingerprint: another payload under the same id stays visible as a conflict.
ORDER BY (identifier, occurred_at, source, event_id, fingerprint)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS event_key_log
(
    event_key   UInt64 COMMENT 'halfMD5(source : event_id)',
    identifier  UInt64 COMMENT 'first-ranked identifier of this state of the event; 0 when it has none',
    revision    UInt64 COMMENT 'of this state',
    fingerprint UInt64 COMMENT 'of this state',
    source      LowCardinality(String) COMMENT 'source of the event',
    event_id    String COMMENT 'id of the event',
    stored_at   DateTime64(3, 'UTC') COMMENT 'when it was written here'
)
-- Answers one question: does this event also stand under another identifier? event_log, sorted by
-- identifier, could not without reading all of it.
ENGINE = ReplacingMergeTree(stored_at)
-- event_key: the states of one event lie side by side; the rest tells them apart.
ORDER BY (event_key, identifier, revision, fingerprint)
-- Looked up by single keys: small granules are read in vain less.
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 512;

CREATE TABLE IF NOT EXISTS link_log
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
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS identifier_log
(
    identifier    UInt64 COMMENT 'halfMD5(kind : value)',
    kind          LowCardinality(String) COMMENT 'cookie, user_id, phone, …',
    value         String COMMENT 'in its normal form; a keyed hash where the kind is personal',
    is_strong     SimpleAggregateFunction(max, UInt8) COMMENT '1 when the kind names one person',
    first_seen_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'earliest event that carries it',
    last_seen_at  SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'latest event that carries it'
)
ENGINE = AggregatingMergeTree
-- identifier: looked up by number only; kind and value are functions of it.
ORDER BY (identifier, kind, value)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS dead_letter_log
(
    fingerprint     UInt64 COMMENT 'hash of the bytes, and of how many equal records came before in a file',
    topic           LowCardinality(String) COMMENT 'address of the record: topic, or file:NAME',
    partition       Int32 COMMENT 'address of the record: partition',
    offset          Int64 COMMENT 'address of the record: offset',
    source          LowCardinality(String) COMMENT 'source it came from',
    format          LowCardinality(String) COMMENT 'format it was read as',
    reason          LowCardinality(String) COMMENT 'typed reason, see the README',
    detail          String COMMENT 'field and problem; never a value',
    value           String COMMENT 'the record''s bytes as they came, at most 1 MiB',
    size            UInt64 COMMENT 'length of the record in bytes',
    headers         Map(String, String) COMMENT 'the record''s headers',
    received_at     DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping in force'
)
ENGINE = ReplacingMergeTree(stored_at)
-- What it says, not where it lay: a file loaded twice, or sent to two brokers, has its bad records
-- once, as it has its good ones. source, format: the same bytes may be broken in one way here and
-- in another there.
ORDER BY (source, format, fingerprint)
-- Raw bytes may hold personal data: they go after three months.
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS batch_log
(
    topic           LowCardinality(String) COMMENT 'topic, or file:NAME for a direct load',
    partition       Int32 COMMENT 'partition of the topic',
    first_offset    Int64 COMMENT 'offset of its first record',
    last_offset     Int64 COMMENT 'offset of its last record',
    token           String COMMENT 'deduplication token of its inserts',
    records         UInt64 COMMENT 'records read = stored + dropped + dead_letters',
    stored          UInt64 COMMENT 'records that gave a touchpoint or an unmapped event',
    dropped         UInt64 COMMENT 'records that are no touchpoint, with a reason',
    dead_letters    UInt64 COMMENT 'records that could not be understood',
    touched         Array(UInt64) COMMENT 'identifiers its events carry: what stitching has to look at',
    event_keys      Array(UInt64) COMMENT 'keys of its events: what may also stand under another identifier',
    mapping_version LowCardinality(String) COMMENT 'version of the mapping in force',
    stored_at       DateTime64(3, 'UTC') COMMENT 'when it was written here'
)
-- Written after the facts of its batch: who sees the row sees the facts.
ENGINE = ReplacingMergeTree(stored_at)
-- first_offset: a batch read again after a crash begins where the lost one began, and replaces it.
ORDER BY (topic, partition, first_offset)
SETTINGS non_replicated_deduplication_window = 10000;
