-- Events of the last day that are to be touchpoints, and those of them no rule matched. Of the log
-- itself: rows that are there twice hardly change a share, and the view would sort all of history.
SELECT countIf(drop_reason = '') AS events, countIf(touchpoint = '' AND drop_reason = '') AS unmapped
FROM event_log
WHERE received_at > now() - INTERVAL 1 DAY
