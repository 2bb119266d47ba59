-- What every measure of this folder begins with, in place of its {common}.
WITH
    -- The journeys that are asked for. An empty list asks for all. A journey is of the period that it
    -- started in, and is taken whole.
    taken AS
    (
        SELECT *
        FROM journeys
        WHERE definition = {definition:String}
            AND started_at >= {since:DateTime64(3)} AND started_at < {until:DateTime64(3)}
            AND (empty({channels:Array(String)}) OR hasAny(channels, {channels:Array(String)}))
            AND (empty({sources:Array(String)}) OR hasAny(sources, {sources:Array(String)}))
            AND (empty({touchpoints:Array(String)}) OR hasAny(path, {touchpoints:Array(String)}))
            AND (empty({stages:Array(String)}) OR hasAny(journeys.stages, {stages:Array(String)}))
            AND (empty({converted:Array(UInt8)}) OR has({converted:Array(UInt8)}, is_converted))
            AND (empty({customers:Array(String)}) OR has({customers:Array(String)}, customer_id))
            -- Whoever has an event that says so: each attribute once, any of its values.
            AND (empty({attributes:Array(Tuple(String, String))}) OR customer_id IN
            (
                SELECT customer_id
                FROM touchpoints
                ARRAY JOIN {attributes:Array(Tuple(String, String))} AS asked
                WHERE attributes[asked.1] = asked.2
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
    -- The interval of a share, at 95 % (Wilson).
    (share, n) -> 1.96 * sqrt(share * (1 - share) / n + 0.9604 / (n * n)) AS wilson_margin,
    (share, n) -> if(isNull(share), NULL, greatest(0, (share + 1.9208 / n - wilson_margin(share, n)) / (1 + 3.8416 / n))) AS wilson_low,
    (share, n) -> if(isNull(share), NULL, least(1, (share + 1.9208 / n + wilson_margin(share, n)) / (1 + 3.8416 / n))) AS wilson_high,
