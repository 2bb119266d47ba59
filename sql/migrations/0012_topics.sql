-- What a contact is about stands in the paths, so that asking who called about the page they had
-- just read does not look at every event there is.

-- Of events there already it is read from their attributes, until a merge writes it.
ALTER TABLE event_log ADD COLUMN IF NOT EXISTS about LowCardinality(String) MATERIALIZED attributes['topic']
    COMMENT 'what it is about: its attribute topic';

-- Empty for what is there already: cjm rebuild paths writes it.
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS `step.about` Array(LowCardinality(String))
    COMMENT 'what each step is about; empty where nothing is known' AFTER `step.is_read`;
