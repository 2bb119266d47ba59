-- Every event with the customer it was put under, as far as it carries an identifier.
SELECT source, event_id, belongs.customer_id AS customer_id
FROM events
INNER JOIN
(
    SELECT identifier, argMax(customer_id, run) AS customer_id FROM identity_log GROUP BY identifier
) AS belongs ON belongs.identifier = events.identifier
