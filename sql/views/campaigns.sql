CREATE OR REPLACE VIEW campaigns
(
    campaign    String COMMENT 'its name: the attribute campaign',
    touchpoints UInt64 COMMENT 'touchpoints that came of it',
    customers   UInt64 COMMENT 'of how many customers'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
-- As in comments: few events are of a campaign.
AS SELECT
    attributes['campaign'] AS campaign,
    count() AS touchpoints,
    uniqExactIf(customer_id, customer_id != '') AS customers
FROM touchpoints
WHERE attributes['campaign'] != ''
    AND (source, event_id) IN (SELECT source, event_id FROM event_log WHERE attributes['campaign'] != '')
GROUP BY campaign
COMMENT 'The campaigns that brought customers, by how many touchpoints came of them.'
