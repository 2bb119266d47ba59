-- Writes the events of a page anew of which the rules now say something else.
--
-- page     whose rows of remap_page
-- version  of the mapping
INSERT INTO event_log
SELECT
    event.* EXCEPT (seen, said, holds, hash) REPLACE
    (
        now_said.touchpoint AS touchpoint,
        now_said.channel AS channel,
        now_said.stage AS stage,
        now_said.drop_reason AS drop_reason,
        now_said.emotion AS emotion,
        if(now_said.themes = event.attributes['themes'], event.attributes, mapUpdate(
            mapFilter((name, text) -> name != 'themes', event.attributes),
            if(now_said.themes = '', map(), map('themes', now_said.themes)))) AS attributes,
        -- Only just later: of two states of an event the one stored last must stay so.
        event.stored_at + INTERVAL 1 MILLISECOND AS stored_at,
        {version:String} AS mapping_version
    )
FROM (SELECT *, hex(sipHash128(toString((seen, said)))) AS hash FROM page) AS event
INNER JOIN
(
    SELECT seen, touchpoint, channel, stage, drop_reason, emotion, themes
    FROM remap_page
    WHERE page = {page:UUID}
) AS now_said ON now_said.seen = event.hash
