-- Everybody as they are known so far, or one customer in `sample`, in parts.
INSERT INTO stitch_scope (run, identifier, customer, part)
SELECT {run:UInt64}, identifier, argMax(customer, identity_log.run) AS whose, intDiv(whose, {sample:UInt64}) % {parts:UInt16}
FROM identity_log
GROUP BY identifier
HAVING whose != 0 AND whose % {sample:UInt64} = 0
