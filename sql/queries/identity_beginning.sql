-- Identifiers of some kinds whose stored value begins so: people copy hashes cut short.
SELECT DISTINCT identifier
FROM identifier_log
WHERE kind IN {kinds:Array(String)} AND startsWith(value, {beginning:String})
ORDER BY identifier
LIMIT 10
