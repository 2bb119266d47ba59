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
    -- A journey has its own row for each stage that it came to, with the first contact of each name there.
    visits AS
    (
        SELECT
            customer_id, customer, journey_no, stage, goal_place, return_place, is_converted,
            arrayMap((one, nth) -> one = stage AND nth = 1, stages, nths) AS is_first,
            arrayFilter((place, first) -> first, arrayEnumerate(path), is_first) AS places,
            arrayFilter((name, first) -> first, path, is_first) AS names,
            arrayFilter((moment, first) -> first, times, is_first) AS moments,
            arrayFilter((mood, first) -> first, moods, is_first) AS next_moods,
            arrayFilter((wait, first) -> first, waits_s, is_first) AS waits,
            arrayFilter((outcome, first) -> first, outcomes, is_first) AS ends,
            arrayFilter((count, first) -> first, each_count, is_first) AS counts
        FROM closed
        ARRAY JOIN arrayDistinct(stages) AS stage
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
    -- Of each name, and of the stage as a whole, in the order of kinds: who could come to that harm, and
    -- who did. The first three are of what follows, once a journey; the others of each name's contact.
    judged AS
    (
        SELECT
            customer_id, customer, journey_no, stage, names, moments,
            patient.2[indexOf(patient.1, toString(stage))] AS patience_s,
            arrayMap((place, mood, wait, outcome) -> [place < goal_place, 1, isNotNull(mood), isNotNull(wait), outcome != '', 1], places, next_moods, waits, ends) AS risks,
            arrayMap(
                (place, mood, wait, outcome, count) -> [
                    place < goal_place AND NOT is_converted, place < return_place, ifNull(mood < 0, 0),
                    ifNull(wait > patience_s, 0), has({abandoned:Array(String)}, outcome), count > 1],
                places, next_moods, waits, ends, counts) AS harms,
            arrayMap((once, each, no) -> if(no <= 3, once, each), risks[1], arrayReduce('sumForEach', risks), range(1, 7)) AS stage_risks,
            arrayMap((once, each, no) -> if(no <= 3, once, each), harms[1], arrayReduce('sumForEach', harms), range(1, 7)) AS stage_harms
        FROM visits
    ),
