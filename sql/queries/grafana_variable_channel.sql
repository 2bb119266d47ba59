-- Which channels did touchpoints come by?
SELECT DISTINCT channel FROM events WHERE touchpoint != '' AND channel != '' ORDER BY channel
