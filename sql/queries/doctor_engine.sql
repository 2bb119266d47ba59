-- The engine, and its clock in ms since 1970.
SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now
