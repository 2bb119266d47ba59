-- Which campaigns brought customers? The 500 largest; a name with a comma or a brace cannot be chosen.
SELECT campaign
FROM
(
    SELECT campaign
    FROM campaigns
    WHERE NOT match(campaign, '[,{}]')
    ORDER BY touchpoints DESC, campaign
    LIMIT 500
)
ORDER BY campaign
