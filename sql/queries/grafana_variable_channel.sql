-- Which channels did customers use?
SELECT DISTINCT arrayJoin(channels) AS channel FROM journeys ORDER BY channel
