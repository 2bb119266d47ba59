-- How many batches wait for the stitch? Until it runs, their events are on no journey.
SELECT count() AS batches FROM new_batches
