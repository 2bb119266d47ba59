-- The whole way of a web event in the engine: raw JSON in, a row of event_log out.
--
-- A line that is no JSON, or lacks an id or a time, gives no row. There are no dead letters, no links, no
-- ledger. E-mail addresses and phones are hashed as they are spelt.

CREATE TABLE raw
(
    line String,
    message MATERIALIZED JSONExtract(line, 'Tuple(
        type String, messageId String, timestamp String, anonymousId String, userId String,
        event String, name String, category String,
        context Tuple(
            locale String, userAgent String, page Tuple(path String, referrer String),
            campaign Tuple(name String, source String, medium String),
            traits Tuple(email String, phone String, loyaltyCard String)),
        properties Tuple(
            category String, order_id String, name String, coupon String, reason String,
            topic String, revenue Nullable(Float64), total Nullable(Float64), currency String,
            review_body String),
        traits Tuple(email String, phone String, loyaltyCard String, country String))')
)
ENGINE = Null;

CREATE MATERIALIZED VIEW map TO {target} AS
WITH
    message.context AS context,
    message.properties AS properties,
    message.type IN ('identify', 'alias', 'group') AS is_identity,
    if(message.type = 'track', message.event,
        firstNonDefault(message.name, message.category, message.type)) AS event_name,
    firstNonDefault(message.category, properties.category) AS category,
    firstNonDefault(message.traits.email, context.traits.email) AS email,
    firstNonDefault(message.traits.phone, context.traits.phone) AS phone,
    firstNonDefault(message.traits.loyaltyCard, context.traits.loyaltyCard) AS card,
    if(is_identity, 0, {rules}) AS rule
SELECT
    arrayMap(known -> halfMD5(known), arrayFilter(known -> NOT endsWith(known, ':'), [
        concat('user_id:', message.userId), concat('loyalty_card:', card),
        concat('email:', email), concat('phone:', phone),
        concat('cookie:', message.anonymousId)])) AS identifiers,
    identifiers[1] AS identifier,
    parseDateTime64BestEffortOrZero(message.timestamp, 3, 'UTC') AS occurred_at,
    'website' AS source,
    message.messageId AS event_id,
    sipHash64(message) AS fingerprint,
    'segment' AS format,
    event_name AS name,
    {touchpoints}[rule + 1] AS touchpoint,
    {channels}[rule + 1] AS channel,
    {stages}[rule + 1] AS stage,
    if(is_identity, 'identity_only', '') AS drop_reason,
    toDecimal64OrNull(toString(coalesce(properties.revenue, properties.total)), 4) AS value,
    properties.currency AS currency,
    properties.review_body AS comment,
    mapFilter((field, text) -> text != '', map(
        'call', message.type,
        'category', category,
        'path', context.page.path,
        'referrer_host', domain(context.page.referrer),
        'campaign', context.campaign.name,
        'utm_source', context.campaign.source,
        'utm_medium', context.campaign.medium,
        'user_agent', context.userAgent,
        'locale', context.locale,
        'region', firstNonDefault(message.traits.country, substring(context.locale, 4)),
        'order_id', properties.order_id,
        'product', if(message.type = 'track', properties.name, ''),
        'coupon', properties.coupon,
        'reason', properties.reason,
        'topic', properties.topic,
        'format', 'segment')) AS attributes,
    now64(3) AS received_at,
    received_at AS stored_at,
    'limit' AS mapping_version,
    'limit' AS topic
FROM raw
WHERE message.messageId != '' AND occurred_at > '1990-01-01';
