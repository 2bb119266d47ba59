CREATE OR REPLACE VIEW dead_letters
(
    fingerprint UInt64 COMMENT 'hash of its bytes; with source and format what makes a dead letter one',
    topic       LowCardinality(String) COMMENT 'address it was last read at: topic, or file:NAME@digest',
    partition   Int32 COMMENT 'address it was last read at: partition',
    offset      Int64 COMMENT 'address it was last read at: offset',
    source      LowCardinality(String) COMMENT 'source it came from',
    format      LowCardinality(String) COMMENT 'format it was read as',
    reason      LowCardinality(String) COMMENT 'typed reason, see the README',
    detail      String COMMENT 'field and problem; never a value',
    size        UInt64 COMMENT 'length of the record in bytes',
    received_at DateTime64(3, 'UTC') COMMENT 'when the broker had it',
    stored_at   DateTime64(3, 'UTC') COMMENT 'when it was written here',
    state       LowCardinality(String) COMMENT 'open: not replayed, or it came back since; replayed: it did not come back',
    tries       UInt64 COMMENT 'how often cjm dlq replay took it up',
    replayed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was last replayed; NULL when it never was',
    key         Nullable(String) COMMENT 'the record''s key as it came',
    headers     Map(String, String) COMMENT 'the record''s headers',
    value       String COMMENT 'the record''s bytes as they came, at most 1 MiB'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    fingerprint, letter.topic AS topic, letter.partition AS partition, letter.offset AS offset,
    source, format, reason, detail, size, received_at, stored_at,
    -- The address tells that it came back, whatever the clocks of two machines say; the time, that
    -- it was read again where it lay.
    if(
        replays.done > 0 AND replays.address = (topic, partition, offset) AND stored_at <= replays.last_done_at,
        'replayed',
        'open'
    ) AS state,
    replays.tries AS tries,
    if(replays.done > 0, replays.last_done_at, NULL) AS replayed_at,
    key, headers, value
FROM
(
    SELECT
        fingerprint, topic, partition, offset, source, format, reason, detail, size, received_at,
        stored_at, key, headers, value
    FROM dead_letter_log FINAL
) AS letter
LEFT JOIN
(
    SELECT
        source, format, fingerprint,
        countIf(command = 'dlq replay') AS tries,
        countIf(is_done) AS done,
        maxIf(replay_log.replayed_at, is_done) AS last_done_at,
        argMaxIf((toString(topic), partition, offset), replay_log.replayed_at, is_done) AS address
    FROM replay_log FINAL
    GROUP BY source, format, fingerprint
) AS replays USING (source, format, fingerprint)
COMMENT 'Records that could not be understood, each content once, with its bytes and a typed reason.'
