-- A page of stored events, each with what the rules of a mapping can see of it: a part of the
-- statements beside it, where they say `FROM page`.
--
-- year                      the partition
-- after_number, after_ms    the page begins behind this identifier and time (ms since 1970) …
-- up_to_number, up_to_ms    … and ends at these. Spelt out: the index cannot compare tuples
-- asked                     what rules ask for, as source.field or source/format.field
WITH
    contested AS
    (
        SELECT source, event_id, holder, fingerprint
        FROM contested_log FINAL
        WHERE identifier BETWEEN {after_number:UInt64} AND {up_to_number:UInt64}
    ),
    field -> has({asked:Array(String)}, concat(source, '.', field))
        OR has({asked:Array(String)}, concat(source, '/', format, '.', field)) AS is_asked
SELECT
    *,
    (
        source, format, format_drop,
        if(is_asked('event'), name, ''),
        outcome, currency, metric, score,
        -- Numbers differ from event to event.
        if(is_asked('value'), value, NULL),
        if(is_asked('wait_s'), wait_s, NULL),
        if(is_asked('duration_s'), duration_s, NULL),
        comment,
        mapFilter((field, text) -> is_asked(field), attributes)
    ) AS seen,
    (touchpoint, channel, stage, drop_reason, emotion, attributes['themes']) AS said,
    -- Of an event that came in several states one holds: the same choice as in stitch/paths.sql.
    (source, event_id) NOT IN (SELECT source, event_id FROM contested)
        OR (source, event_id, identifier, fingerprint)
            IN (SELECT source, event_id, holder, fingerprint FROM contested) AS holds
FROM event_log FINAL
WHERE toYear(occurred_at) = {year:UInt16}
    AND identifier >= {after_number:UInt64}
    AND (identifier > {after_number:UInt64} OR occurred_at > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC'))
    AND identifier <= {up_to_number:UInt64}
    AND (identifier < {up_to_number:UInt64} OR occurred_at <= fromUnixTimestamp64Milli({up_to_ms:Int64}, 'UTC'))
