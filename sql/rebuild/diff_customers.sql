-- How many customers there are, and how many batches no stitch has taken in.
SELECT
    (SELECT uniqExact(customer) FROM identity_log WHERE customer != 0) AS customers,
    (SELECT count() FROM batch_log FINAL WHERE token IN (SELECT token FROM new_batches)) AS unstitched
