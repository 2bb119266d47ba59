-- The dead letters last read at an address.
SELECT fingerprint
FROM dead_letters
WHERE topic = {topic:String} AND partition = {partition:Int32} AND offset = {offset:Int64}
