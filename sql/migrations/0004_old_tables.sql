-- The tables 0003 has made anew.
DROP TABLE IF EXISTS event_log SYNC;
DROP TABLE IF EXISTS link_log SYNC;
DROP TABLE IF EXISTS identifier_log SYNC;
DROP TABLE IF EXISTS identity_log SYNC;
DROP TABLE IF EXISTS contested_log SYNC;
DROP TABLE IF EXISTS stitch_scope SYNC;
DROP TABLE IF EXISTS stitch_touched SYNC;
