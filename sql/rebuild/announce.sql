-- A run makes itself known: those that begin from now on have later numbers, whatever their clocks.
INSERT INTO stitch_touched (run, identifier, ring) VALUES ({run:UInt64}, 0, 0)
