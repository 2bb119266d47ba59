CREATE OR REPLACE VIEW personas
(
    position      UInt32 COMMENT 'place in the mapping, from 1: the first that fits is a customer''s',
    persona       String COMMENT 'its name',
    touchpoints   Array(String) COMMENT 'any of these was met; empty: not asked for',
    channel       String COMMENT 'a channel of which it has channel_share at least; empty: not asked for',
    channel_share Float64 COMMENT 'share of the customer''s steps',
    journeys      UInt32 COMMENT 'journeys at least',
    value         Nullable(Float64) COMMENT 'money at least; NULL: not asked for',
    identifiers   Array(String) COMMENT 'any identifier of these kinds is known; empty: not asked for',
    attributes    Map(String, String) COMMENT 'attributes that some event of the customer says, all of them'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    position,
    JSONExtractString(rule, 'name') AS persona,
    JSONExtract(rule, 'touchpoints', 'Array(String)') AS touchpoints,
    JSONExtractString(rule, 'channel') AS channel,
    JSONExtractFloat(rule, 'channel_share') AS channel_share,
    JSONExtractUInt(rule, 'journeys') AS journeys,
    JSONExtract(rule, 'value', 'Nullable(Float64)') AS value,
    JSONExtract(rule, 'identifiers', 'Array(String)') AS identifiers,
    JSONExtract(rule, 'attributes', 'Map(String, String)') AS attributes
FROM (SELECT argMax(document, used_at) AS document FROM mapping_log)
ARRAY JOIN JSONExtractArrayRaw(document, 'personas') AS rule, arrayEnumerate(JSONExtractArrayRaw(document, 'personas')) AS position
COMMENT 'The personas of the mapping that was used last, with their rules; see cjm measure personas.'
