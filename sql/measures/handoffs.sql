/*
title: Hand-offs
words: >
  Contacts that came soon after another side had been tried, such as a call within a day of a help
  page on the same topic: how many, how often, after what, and what they cost.
formula: >
  rate = came_here / tried; cost = contacts * the parameter cost; a contact is handed off from the
  last contact of the customer on the other side before it, no longer than within ago
source: journeys
unit: contacts
small_samples: The rate comes with a Wilson interval of 95 %; NULL where nobody has had the time.
notes: |
  Contacts are looked at over all journeys asked for of a customer, not within one only.
  What a contact is about is its attribute topic. topic same: both sides say it, and it is the same.
  known: the contact does, and the row is of its topic. any: topics are not looked at; for logs that
  have none.
  tried are the journeys with `from` (and the topic, where it is the same) that have been followed for
  as long as within since their last contact of that side; came_here are those of them with a hand-off
  of this row. Of a later journey the contacts alone are counted.
parameters:
  from: {form: list, default: website, words: "the sources (or channels) that were tried"}
  to: {form: list, default: call_centre, words: "those that the customer turned to"}
  of: {default: source, choices: [source, channel], words: "what from and to are names of"}
  within: {form: duration, default: 24h, words: "how soon"}
  topic: {default: same, choices: [same, known, any], words: "what is known of the reason"}
  cost: {form: money, default: "0", words: "of one contact; 0: it is not known"}
  limit: {form: number, default: "100", words: "rows, the most frequent first"}
keys: [from, to, topic]
compared:
  rate: [rate_low, rate_high]
columns:
  from: the touchpoint that was tried last
  to: the touchpoint that followed
  topic: what it was about; empty where that is not asked
  contacts: how often
  customers: of how many customers
  journeys: journeys they came from
  tried: journeys with `from` that have been followed for long enough
  came_here: of these, those with such a contact
  rate: came_here / tried
  rate_low: lower end of its interval
  rate_high: upper end
  median_s: median seconds from the one to the other
  cost: of the contacts; NULL where the cost of one is not given
*/
{common}
    sided AS
    (
        SELECT
            customer, journey_no, path, times, topics,
            arrayMap(moment -> toUnixTimestamp64Milli(moment), times) AS each_ms,
            arrayMap(side -> has({from:Array(String)}, side), if({of:String} = 'channel', channels, sources)) AS is_from,
            arrayMap(side -> has({to:Array(String)}, side), if({of:String} = 'channel', channels, sources)) AS is_to,
            arrayLastIndex(is_it -> is_it, is_from) AS last_from,
            last_from > 0 AND each_ms[last_from] + {within:Float64} * 1000 <= complete_to AS is_followed
        FROM taken
        WHERE (has(is_from, 1) OR has(is_to, 1)) AND ({topic:String} != 'same' OR arrayExists(topic -> topic != '', topics))
    ),
    -- Without topics a contact's last one on the other side is found along the journey, from what the
    -- journeys before have left: time, touchpoint, journey, and whether that has been followed.
    carried AS
    (
        SELECT
            *,
            max(if(last_from > 0, (each_ms[last_from], toString(path[last_from]), journey_no, is_followed), (toInt64(0), '', toUInt32(0), toUInt8(0))))
                OVER (PARTITION BY customer ORDER BY journey_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS left_over
        FROM sided
        WHERE {topic:String} != 'same'
    ),
    along AS
    (
        SELECT
            one, other, if({topic:String} = 'known', topic, '') AS about, '' AS matter, customer,
            if(own = 0, left_over.3, journey_no) AS journey,
            if(own = 0, left_over.4, is_followed) AS is_followed,
            (now - since) / 1000 AS seconds
        FROM carried
        ARRAY JOIN
            is_to AS is_it, each_ms AS now, path AS other, topics AS topic,
            arrayFill(moment -> moment > 0, arrayPushFront(arrayPopBack(arrayMap((moment, is_it) -> if(is_it, moment, toInt64(0)), each_ms, is_from)), left_over.1)) AS since,
            arrayFill(name -> name != '', arrayPushFront(arrayPopBack(arrayMap((name, is_it) -> if(is_it, toString(name), ''), path, is_from)), left_over.2)) AS one,
            arrayFill(is_it -> is_it, arrayPushFront(arrayPopBack(is_from), 0)) AS own
        WHERE is_it AND since > 0 AND now - since <= {within:Float64} * 1000 AND ({topic:String} != 'known' OR topic != '')
    ),
    -- With topics it is the last one on the same topic.
    told AS
    (
        SELECT customer, journey_no, is_followed, touchpoint, at, is_before, is_contact, about, toUInt64(journey_no) * 4294967296 + place AS no
        FROM sided
        ARRAY JOIN
            path AS touchpoint, each_ms AS at, topics AS about, arrayEnumerate(path) AS place,
            is_from AS is_before, is_to AS is_contact
        WHERE {topic:String} = 'same' AND about != '' AND (is_before OR is_contact)
    ),
    traced AS
    (
        SELECT
            *,
            maxIf((no, at, toString(touchpoint), journey_no, is_followed), is_before)
                OVER (PARTITION BY customer, about ORDER BY no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
        FROM told
    ),
    handed AS
    (
        SELECT one, other, about, matter, customer, journey, is_followed, seconds FROM along
        UNION ALL
        SELECT latest.3, touchpoint, about, about, customer, latest.4, latest.5, (at - latest.2) / 1000 AS seconds
        FROM traced
        WHERE is_contact AND latest.1 > 0 AND seconds <= {within:Float64}
    ),
    tries AS
    (
        SELECT name, '' AS matter, count() AS journeys
        FROM sided
        ARRAY JOIN arrayDistinct(arrayFilter((name, is_it) -> is_it, path, is_from)) AS name
        WHERE is_followed AND {topic:String} != 'same'
        GROUP BY name
        UNION ALL
        SELECT touchpoint, about, uniqExact(customer, journey_no)
        FROM told
        WHERE is_before AND is_followed
        GROUP BY touchpoint, about
    )
SELECT
    one AS `from`,
    other AS `to`,
    about AS topic,
    count() AS contacts,
    uniqExact(customer) AS customers,
    uniqExact(customer, journey) AS journeys,
    ifNull(any(tries.journeys), 0) AS tried,
    uniqExactIf((customer, journey), is_followed) AS came_here,
    came_here / nullIf(tried, 0) AS rate,
    wilson_low(rate, tried) AS rate_low,
    wilson_high(rate, tried) AS rate_high,
    quantileExact(0.5)(seconds) AS median_s,
    contacts * nullIf({cost:Float64}, 0) AS cost
FROM handed
LEFT JOIN tries ON tries.name = handed.one AND tries.matter = handed.matter
GROUP BY one, other, about
ORDER BY contacts DESC, `from`, `to`, topic
LIMIT {limit:UInt32}
