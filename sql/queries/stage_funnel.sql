-- How far journeys come, stage by stage.
SELECT stage, journeys, customers, went_on, still_open, ended_here, dropped_off, went_on_share
FROM stage_funnel
WHERE definition = {definition:String}
ORDER BY stage_no
