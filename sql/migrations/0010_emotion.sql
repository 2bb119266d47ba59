-- Comments are read: what is felt may come from words alone, and their themes follow a mapping.

ALTER TABLE remap_page ADD COLUMN IF NOT EXISTS themes String
    COMMENT 'themes of the comment, with commas between' AFTER emotion;

-- 0 for what is there already: until now only scores told of emotion.
ALTER TABLE path_log ADD COLUMN IF NOT EXISTS `step.is_read` Array(UInt8)
    COMMENT '1 when the emotion was read from a comment rather than given as a score' AFTER `step.emotion`;
