-- Whether there are events, and no journeys made of them.
SELECT (SELECT count() FROM (SELECT 1 FROM event_log LIMIT 1)) > 0
    AND (SELECT count() FROM (SELECT 1 FROM journey_log LIMIT 1)) = 0
