-- How far each feed has come is asked by every measure: from a few sums of each part, instead of
-- from all events. To a maximum it does not matter what a merge has not removed yet.
ALTER TABLE event_log MODIFY SETTING
    deduplicate_merge_projection_mode = 'rebuild', lightweight_mutation_projection_mode = 'rebuild';
ALTER TABLE event_log ADD PROJECTION IF NOT EXISTS watermarks
    (SELECT source, max(occurred_at), max(received_at), max(stored_at) GROUP BY source);
ALTER TABLE event_log MATERIALIZE PROJECTION watermarks SETTINGS mutations_sync = 2;
