-- Stitches: writes all journeys of the customers in scope anew, one row a customer.
-- The full rebuild and the increment run this same statement; only the scope differs.
--
-- run         the stitch; its scope is in stitch_scope
-- definition  name of the journey definition
-- sources     sources in order of priority: breaks ties between steps of one instant
-- stages      stages in their order
-- goals, starts_at, ends_at                     touchpoints
-- patience_ms, channels, patience_by_channel_ms inactivity that ends a journey, ms
INSERT INTO path_log
WITH
    scope AS
    (
        SELECT identifier, customer_id FROM stitch_scope WHERE run = {run:UInt64}
    ),
    -- Of an event that stands under several identifiers one state holds, under one of them. The
    -- choice is that of the view `events`.
    contested AS
    (
        SELECT source, event_id, identifier
        FROM event_key_log
        WHERE event_key IN (SELECT event_key FROM contested_log)
        ORDER BY revision DESC, fingerprint, stored_at DESC
        LIMIT 1 BY event_key
    ),
    -- One state of each event: the newest revision; of two payloads with one revision always the
    -- same one, whatever came first; of one payload what the latest mapping says of it.
    events AS
    (
        SELECT *
        FROM event_log
        WHERE identifier IN (SELECT identifier FROM scope WHERE identifier != 0)
            AND ((source, event_id) NOT IN (SELECT source, event_id FROM contested)
                OR (source, event_id, identifier) IN (SELECT source, event_id, identifier FROM contested))
        ORDER BY revision DESC, fingerprint, stored_at DESC
        LIMIT 1 BY source, event_id
    ),
    -- Each customer's steps in order. The first three members decide the order and no two steps
    -- share them all, so sorting the tuples leaves nothing to chance.
    ordered AS
    (
        SELECT
            scope.customer_id AS customer_id,
            arraySort(groupArray((
                toUnixTimestamp64Milli(occurred_at),
                indexOf({sources:Array(String)}, source),
                event_id,
                source, touchpoint, channel, stage, outcome, value, wait_s, duration_s, emotion
            ))) AS s
        FROM events
        INNER JOIN scope ON scope.identifier = events.identifier
        WHERE touchpoint != ''
        GROUP BY scope.customer_id
    ),
    timed AS
    (
        SELECT
            customer_id,
            s,
            arrayEnumerate(s) AS i,
            arrayMap(x -> x.1, s) AS began,
            arrayMap(x -> x.1 + toInt64(1000 * greatest(0, ifNull(x.11, 0))), s) AS ended,
            arrayMap(x -> x.5, s) AS touch,
            arrayMap(
                x -> transform(
                    toString(x.6), {channels:Array(String)}, {patience_by_channel_ms:Array(Int64)},
                    {patience_ms:Int64}),
                s) AS patience
        FROM ordered
    ),
    cut AS
    (
        SELECT
            customer_id,
            s,
            touch,
            arrayMap((e, p) -> e + p, ended, patience) AS closes,
            ended,
            length(s) AS n,
            -- Why a new journey begins at this step: '' when it does not.
            arrayMap(
                k -> multiIf(
                    k = 1, 'first',
                    has({ends_at:Array(String)}, touch[k - 1]), 'ended',
                    has({starts_at:Array(String)}, touch[k]), 'new_start',
                    began[k] - ended[k - 1] > greatest(patience[k - 1], patience[k]), 'inactivity',
                    ''),
                i) AS why,
            arrayFilter((k, w) -> w != '', i, why) AS firsts,
            arrayPushBack(arrayPopFront(firsts), n + 1) AS nexts
        FROM timed
    )
SELECT
    {definition:String} AS definition,
    customers.customer_id AS customer_id,
    {run:UInt64} AS run,
    arrayMap(x -> fromUnixTimestamp64Milli(x.1, 'UTC'), s) AS `step.occurred_at`,
    arrayMap(x -> x.4, s) AS `step.source`,
    arrayMap(x -> x.3, s) AS `step.event_id`,
    touch AS `step.touchpoint`,
    arrayMap(x -> x.6, s) AS `step.channel`,
    arrayMap(x -> x.7, s) AS `step.stage`,
    arrayMap(x -> toUInt8(indexOf({stages:Array(String)}, x.7)), s) AS `step.stage_no`,
    arrayMap(x -> x.8, s) AS `step.outcome`,
    arrayMap(x -> x.9, s) AS `step.value`,
    arrayMap(x -> x.10, s) AS `step.wait_s`,
    arrayMap(x -> x.11, s) AS `step.duration_s`,
    arrayMap(x -> x.12, s) AS `step.emotion`,
    arrayMap(f -> toUInt32(f), firsts) AS `journey.first`,
    arrayMap((f, next) -> toUInt32(next - f), firsts, nexts) AS `journey.length`,
    arrayMap(
        next -> fromUnixTimestamp64Milli(
            if(has({ends_at:Array(String)}, touch[next - 1]), ended[next - 1], closes[next - 1]),
            'UTC'),
        nexts) AS `journey.closes_at`,
    -- The reason is the next journey's; the last one has none unless it came to its end.
    arrayMap(
        next -> multiIf(
            next <= n, why[next],
            has({ends_at:Array(String)}, touch[n]), 'ended',
            ''),
        nexts) AS `journey.end_reason`,
    arrayMap(
        (f, next) -> toUInt8(hasAny(arraySlice(touch, f, next - f), {goals:Array(String)})),
        firsts, nexts) AS `journey.is_converted`,
    arrayMap(
        (f, next) -> arrayFirstOrNull(
            (at, t) -> has({goals:Array(String)}, t),
            arraySlice(`step.occurred_at`, f, next - f), arraySlice(touch, f, next - f)),
        firsts, nexts) AS `journey.converted_at`
FROM (SELECT DISTINCT customer_id FROM scope) AS customers
LEFT JOIN cut ON cut.customer_id = customers.customer_id
