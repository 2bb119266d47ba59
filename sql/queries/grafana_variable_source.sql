-- Which sources have sent anything?
SELECT source FROM feeds ORDER BY source
