-- The identifiers at hand: their kind's place in the mapping, when they were first seen (ms since
-- 1970), and what was declared about them.
--
-- kinds                               identifier kinds in order of rank
-- declared, declared_as               numbers of declared identifiers, and their standing
-- prefix_kinds, prefixes, prefixes_as beginnings of declared values of a kind, and their standing
SELECT
    identifier,
    toInt16(indexOf({kinds:Array(String)}, any(kind))) - 1,
    min(toUnixTimestamp64Milli(first_seen_at)),
    toInt8(greatest(
        transform(identifier, {declared:Array(UInt64)}, {declared_as:Array(UInt8)}, 0),
        arrayMax(arrayMap(
            (k, prefix, standing) -> if(k = any(kind) AND startsWith(any(value), prefix), standing, 0),
            {prefix_kinds:Array(String)}, {prefixes:Array(String)}, {prefixes_as:Array(UInt8)}))))
FROM identifier_log
WHERE kind IN {kinds:Array(String)}
    AND ({full:UInt8} = 1
        OR identifier IN (SELECT identifier FROM stitch_touched WHERE run = {run:UInt64}))
GROUP BY identifier
ORDER BY identifier
