-- Finds the events that came in several states (a contact record sent again with the customer's
-- number filled in, or one id used for two events) and which state holds: the newest revision; of
-- several payloads with one revision always the same one, whatever came first. The choice is that
-- of the view `events`.
--
-- full  1 for all events, 0 for those of the batches not taken in yet
INSERT INTO contested_log (identifier, event_key, source, event_id, holder, fingerprint, run)
WITH
    new AS (SELECT arrayJoin(event_keys) FROM new_batches),
    -- Few of many: what is cheap to ask first.
    several AS
    (
        SELECT event_key
        FROM event_key_log
        WHERE {full:UInt8} = 1 OR event_key IN (new)
        GROUP BY event_key
        HAVING min(identifier) != max(identifier) OR min(fingerprint) != max(fingerprint)
    ),
    contested AS
    (
        SELECT
            event_key, any(source) AS source, any(event_id) AS event_id,
            groupUniqArray(identifier) AS identifiers,
            argMax((identifier, fingerprint), (revision, bitNot(fingerprint), stored_at)) AS standing
        FROM event_key_log
        WHERE event_key IN (several)
        GROUP BY event_key
    )
SELECT arrayJoin(identifiers), event_key, source, event_id, standing.1, standing.2, {run:UInt64}
FROM contested
-- The table is sorted by event_key: no need to hold all groups at once.
SETTINGS optimize_aggregation_in_order = 1
