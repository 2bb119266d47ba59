-- How many dead letters of each state there are, of those asked for; see dlq_list.
SELECT countIf(state = 'open') AS open, countIf(state = 'replayed') AS replayed
FROM dead_letters
WHERE ({source:String} = '' OR source = {source:String})
    AND ({reason:String} = '' OR reason = {reason:String})
    AND toUnixTimestamp64Milli(received_at) >= {since:Int64}
