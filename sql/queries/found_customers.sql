-- Every event with the customer it was put under, as far as it carries an identifier. One of a
-- public identifier was put under nobody: it is alone.
SELECT source, event_id, if(belongs.customer_id = '', event_id, belongs.customer_id) AS customer_id
FROM events
INNER JOIN
(
    SELECT identifier, argMax(customer_id, run) AS customer_id FROM identity_log GROUP BY identifier
) AS belongs ON belongs.identifier = events.identifier
