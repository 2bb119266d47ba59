-- How many customers are on a journey at present? Whatever the time range: open is a state.
SELECT uniqExact(customer_id) AS customers
FROM journeys
WHERE is_open = 1
    AND definition = decodeURLComponent('${definition:percentencode}')
    AND $__conditionalAll(hasAny(channels, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))), $channel)
    AND $__conditionalAll(hasAny(sources, splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${source:percentencode}')))), $source)
