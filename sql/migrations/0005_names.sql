-- The tables 0003 has made take the names of those 0004 has removed.
RENAME TABLE IF EXISTS next_event_log TO event_log;
RENAME TABLE IF EXISTS next_link_log TO link_log;
RENAME TABLE IF EXISTS next_identifier_log TO identifier_log;
RENAME TABLE IF EXISTS next_identity_log TO identity_log;
RENAME TABLE IF EXISTS next_contested_log TO contested_log;
RENAME TABLE IF EXISTS next_stitch_scope TO stitch_scope;
RENAME TABLE IF EXISTS next_stitch_touched TO stitch_touched;
