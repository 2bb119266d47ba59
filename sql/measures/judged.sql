    -- Who came to harm: of each journey that is over, at each stage and each first contact with a
    -- touchpoint there. This stands for {judged} in the measures of pain points.
    closed AS
    (
        SELECT
            customer_id, customer, journey_no, path, times, stages, outcomes, waits_s, is_converted, value,
            -- Where there is no goal, all contacts come before it.
            if(is_converted, arrayFirstIndex((moment, name) -> moment = converted_at AND has({goals:Array(String)}, name), times, path), toUInt32(length(path) + 1)) AS goal_place,
            arrayLastIndex((outcome, name) -> has({returned:Array(String)}, outcome) OR has({returned:Array(String)}, name), outcomes, path) AS return_place,
            -- At each contact, what the customer said next.
            arrayReverseFill(said -> isNotNull(said), emotions) AS moods,
            arrayEnumerateUniq(stages, path) AS nths,
            -- Counted from behind, the first contact has the number of all.
            arrayReverse(arrayEnumerateUniq(arrayReverse(stages), arrayReverse(path))) AS each_count
        FROM taken
        WHERE NOT may_go_further(end_reason, closes_at)
    ),
    patience AS
    (
        SELECT stage, quantileExact({share:Float64})(assumeNotNull(wait)) AS patience_s
        FROM closed
        ARRAY JOIN stages AS stage, waits_s AS wait, nths AS nth
        WHERE nth = 1 AND isNotNull(wait)
        GROUP BY stage
    ),
    (SELECT (groupArray(toString(stage)), groupArray(patience_s)) FROM patience) AS patient,
    ['drops', 'returns', 'rates_low', 'waits', 'abandons', 'repeats'] AS kinds,
    -- Of the first contact of each name, and of the stage as a whole: who could come to which harm, and
    -- who did. Of one contact a bit for each kind, in their order; of a stage six counts in one number,
    -- of 21 bits each, for the first three kinds are of what follows, once a journey, and the others of
    -- each name's contact. No customer has two million contacts at a stage.
    arrayMap(mask -> arraySum(kind -> bitShiftLeft(toUInt128(bitTest(mask, kind)), 21 * kind), range(6)), range(64)) AS counts_of,
    (packed, kind) -> toUInt64(bitAnd(bitShiftRight(packed, 21 * kind), 2097151)) AS count_in,
    masks -> counts_of[bitAnd(masks[1], 7) + 1] + arraySum(mask -> counts_of[bitAnd(mask, 56) + 1], masks) AS counts_at_stage,
    flagged AS
    (
        SELECT
            customer_id, customer, journey_no, path, times, stages, nths,
            arrayMap(
                (place, mood, wait, outcome) -> toUInt8(
                    (place < goal_place) + 2 + 4 * isNotNull(mood) + 8 * isNotNull(wait) + 16 * (outcome != '') + 32),
                arrayEnumerate(path), moods, waits_s, outcomes) AS all_risks,
            arrayMap(
                (place, mood, wait, outcome, stage, count) -> toUInt8(
                    (place < goal_place AND NOT is_converted) + 2 * (place < return_place) + 4 * ifNull(mood < 0, 0)
                    + 8 * ifNull(wait > transform(stage, patient.1, patient.2, NULL), 0)
                    + 16 * has({abandoned:Array(String)}, outcome) + 32 * (count > 1)),
                arrayEnumerate(path), moods, waits_s, outcomes, stages, each_count) AS all_harms
        FROM closed
    ),
    -- A journey has its own row for each stage that it came to, with the first contact of each name there.
    judged AS
    (
        SELECT
            customer_id, customer, journey_no, stage,
            arrayMap((one, nth) -> one = stage AND nth = 1, stages, nths) AS is_first,
            arrayFilter((name, first) -> first, path, is_first) AS names,
            arrayFilter((moment, first) -> first, times, is_first) AS moments,
            arrayFilter((mask, first) -> first, all_risks, is_first) AS risks,
            arrayFilter((mask, first) -> first, all_harms, is_first) AS harms
        FROM flagged
        ARRAY JOIN arrayDistinct(stages) AS stage
    ),
