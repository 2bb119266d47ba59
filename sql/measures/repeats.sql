/*
title: Repeat contacts
words: >
  Who had to come back: contacts after which the same customer makes another within so many days, by
  touchpoint, channel or any attribute, such as topic or service; and what part was settled at once.
formula: >
  rate = repeated / followed; settled = 1 - rate, the first-contact resolution.
  A contact is repeated when the customer's next one (same: with the same name) is no later than within
source: journeys, touchpoints
unit: contacts
small_samples: The rate comes with a Wilson interval of 95 %; NULL where no contact has had its time.
notes: |
  Contacts are followed over all journeys asked for of a customer, not within one only. Those without
  any customer cannot be followed, and are in none.
  A contact whose time is not over yet counts in contacts, but not in the rate, whatever came after it.
  by: touchpoint, channel, source and topic are names of that kind; anything else is an attribute's name,
  and takes longer.
parameters:
  sources: {form: list, default: call_centre, words: "whose contacts"}
  by: {default: touchpoint, words: "touchpoint, channel, source, topic, or an attribute such as service"}
  same: {default: "yes", choices: ["yes", "no"], words: "whether the next contact must have the same name"}
  within: {form: duration, default: 7d, words: "how soon the next one comes"}
keys: [name]
compared:
  rate: [rate_low, rate_high]
columns:
  name: of the contacts; empty where the attribute is not known
  contacts: all there are
  customers: of how many customers
  repeat_customers: of these, those with a repeated contact
  followed: contacts whose time is over
  repeated: of these, those that were repeated
  rate: repeated / followed
  rate_low: lower end of its interval
  rate_high: upper end
  settled: 1 - rate
  median_days: median days to the next contact, of all repeated
*/
{common}
    {by:String} IN ('touchpoint', 'channel', 'source', 'topic') AS is_in_path,
    known AS
    (
        SELECT source, event_id, attributes[{by:String}] AS value
        FROM touchpoints
        WHERE NOT is_in_path AND has({sources:Array(String)}, source) AND attributes[{by:String}] != ''
    ),
    contacts AS
    (
        SELECT
            customer, at,
            if(is_in_path, word, known.value) AS name,
            toUInt64(journey_no) * 4294967296 + place AS no
        FROM
        (
            SELECT customer, journey_no, place, at, word, source, event_id
            FROM taken
            ARRAY JOIN
                times AS at, arrayEnumerate(path) AS place, taken.sources AS source,
                multiIf({by:String} = 'source', taken.sources, {by:String} = 'channel', channels, {by:String} = 'topic', topics, path) AS word,
                -- Not read where nobody asks for attributes.
                if(is_in_path, arrayResize(CAST([], 'Array(String)'), length(path)), event_ids) AS event_id
            WHERE has({sources:Array(String)}, source)
        ) AS steps
        LEFT JOIN known ON known.source = steps.source AND known.event_id = steps.event_id
    ),
    waited AS
    (
        SELECT
            customer, name,
            toUnixTimestamp64Milli(at) + {within:Float64} * 1000 <= complete_to AS is_followed,
            leadInFrame(toNullable(at)) OVER (PARTITION BY customer, if({same:String} = 'yes', name, '') ORDER BY no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next_at,
            dateDiff('millisecond', at, next_at) / 1000 AS seconds,
            ifNull(seconds <= {within:Float64}, 0) AS is_repeated
        FROM contacts
    )
SELECT
    name,
    count() AS contacts,
    uniqExact(customer) AS customers,
    uniqExactIf(customer, is_repeated) AS repeat_customers,
    countIf(is_followed) AS followed,
    countIf(is_followed AND is_repeated) AS repeated,
    repeated / nullIf(followed, 0) AS rate,
    wilson_low(rate, followed) AS rate_low,
    wilson_high(rate, followed) AS rate_high,
    1 - rate AS settled,
    if(countIf(is_repeated) = 0, NULL, quantileExactIf(0.5)(assumeNotNull(seconds), is_repeated) / 86400) AS median_days
FROM waited
GROUP BY name
ORDER BY contacts DESC, name
