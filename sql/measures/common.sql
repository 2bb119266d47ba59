-- What every measure of this folder begins with, in place of its {common}.
WITH
    {persona_rules:Array(Tuple(String, Array(String), String, Float64, UInt32, Float64, Array(String), Array(Tuple(String, String))))} AS personas_asked,
    arrayDistinct(arrayFlatten(arrayMap(rule -> rule.8, personas_asked))) AS pairs_asked,
    -- What each customer did in all journeys of the definition, and the first persona that it fits.
    behaved AS
    (
        SELECT
            customer_id, count() AS journey_count, toFloat64(sum(value)) AS spent, sum(step_count) AS steps,
            -- For each persona in turn: whether one of its touchpoints was met, and steps on its channel.
            maxForEach(arrayMap(rule -> hasAny(path, rule.2), personas_asked)) AS met,
            sumForEach(arrayMap(rule -> countEqual(channels, rule.3), personas_asked)) AS used
        FROM journeys
        WHERE definition = {definition:String}
        GROUP BY customer_id
    ),
    persona_of AS
    (
        SELECT
            behaved.customer_id AS customer_id,
            arrayFirst(
                (rule, is_met, on_channel) -> (empty(rule.2) OR is_met)
                    AND (rule.3 = '' OR on_channel >= rule.4 * steps)
                    AND journey_count >= rule.5 AND spent >= rule.6
                    AND (empty(rule.7) OR hasAny(known.kinds, rule.7)) AND hasAll(said.pairs, rule.8),
                personas_asked, met, used).1 AS found,
            if(found = '', 'none', found) AS persona
        FROM behaved
        LEFT JOIN
        (
            SELECT customer_id, groupUniqArray(toString(kind)) AS kinds
            FROM identities
            WHERE has(arrayFlatten(arrayMap(rule -> rule.7, personas_asked)), kind)
            GROUP BY customer_id
        ) AS known ON known.customer_id = behaved.customer_id
        LEFT JOIN
        (
            SELECT customer_id, groupUniqArray(pair) AS pairs
            FROM touchpoints
            ARRAY JOIN pairs_asked AS pair
            -- To say each event once its states are compared: only of those that said so in one of them.
            WHERE notEmpty(pairs_asked) AND attributes[pair.1] = pair.2 AND cityHash64(source, event_id) IN
                (SELECT cityHash64(source, event_id) FROM arrivals WHERE arrayExists(asked -> attributes[asked.1] = asked.2, pairs_asked))
            GROUP BY customer_id
        ) AS said ON said.customer_id = behaved.customer_id
    ),
    -- The journeys that are asked for. An empty list asks for all. A journey is of the period that it
    -- started in, and is taken whole.
    taken AS
    (
        -- A customer's id is a letter and 64 bits, which are counted and sorted faster as a number.
        SELECT *, reinterpretAsUInt64(unhex(substring(customer_id, 2))) AS customer
        FROM journeys
        WHERE definition = {definition:String}
            AND started_at >= {since:DateTime64(3)} AND started_at < {until:DateTime64(3)}
            AND (empty({channels:Array(String)}) OR hasAny(channels, {channels:Array(String)}))
            AND (empty({sources:Array(String)}) OR hasAny(sources, {sources:Array(String)}))
            AND (empty({touchpoints:Array(String)}) OR hasAny(path, {touchpoints:Array(String)}))
            AND (empty({stages:Array(String)}) OR hasAny(journeys.stages, {stages:Array(String)}))
            AND (empty({converted:Array(UInt8)}) OR has({converted:Array(UInt8)}, is_converted))
            AND (empty({personas:Array(String)}) OR customer_id IN (SELECT customer_id FROM persona_of WHERE has({personas:Array(String)}, persona)))
            AND (empty({customers:Array(String)}) OR has({customers:Array(String)}, customer_id))
            -- Whoever has an event that says so: each attribute once, any of its values.
            AND (empty({attributes:Array(Tuple(String, String))}) OR customer_id IN
            (
                SELECT customer_id
                FROM touchpoints
                ARRAY JOIN {attributes:Array(Tuple(String, String))} AS asked
                WHERE attributes[asked.1] = asked.2 AND cityHash64(source, event_id) IN
                    (SELECT cityHash64(source, event_id) FROM arrivals WHERE arrayExists(pair -> attributes[pair.1] = pair.2, {attributes:Array(Tuple(String, String))}))
                GROUP BY customer_id
                HAVING uniqExact(asked.1) = length(arrayDistinct(arrayMap(pair -> pair.1, {attributes:Array(Tuple(String, String))})))
            ))
    ),
    -- How far every feed that is alive has come, ms since 1970: further on a journey may still be
    -- going on in what nobody has sent yet.
    ifNull((
        SELECT toUnixTimestamp64Milli(minIf(last_occurred_at, last_occurred_at >= latest - toIntervalSecond({silent_after:Float64})))
        FROM (SELECT last_occurred_at, max(last_occurred_at) OVER () AS latest FROM feeds)
    ), 0) AS complete_to,
    -- Whether it is: journeys that a rule has ended are over whatever comes.
    (reason, closing) -> reason IN ('', 'inactivity') AND toUnixTimestamp64Milli(closing) > complete_to AS may_go_further,
    -- The interval of a share, at 95 % (Wilson).
    (share, n) -> 1.96 * sqrt(share * (1 - share) / n + 0.9604 / (n * n)) AS wilson_margin,
    (share, n) -> if(isNull(share), NULL, greatest(0, (share + 1.9208 / n - wilson_margin(share, n)) / (1 + 3.8416 / n))) AS wilson_low,
    (share, n) -> if(isNull(share), NULL, least(1, (share + 1.9208 / n + wilson_margin(share, n)) / (1 + 3.8416 / n))) AS wilson_high,
