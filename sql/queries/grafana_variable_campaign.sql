-- Which campaigns brought customers? The 500 largest; a name with a comma or a brace cannot be chosen.
SELECT campaign
FROM
(
    SELECT attributes['campaign'] AS campaign, count() AS times
    FROM touchpoints
    WHERE campaign != '' AND NOT match(campaign, '[,{}]')
    GROUP BY campaign
    ORDER BY times DESC, campaign
    LIMIT 500
)
ORDER BY campaign
