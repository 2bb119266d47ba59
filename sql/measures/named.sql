    -- The names that are asked for at each contact, and when it was. This stands for {named} in the
    -- measures that count repeats in a row, or do not.
    named AS
    (
        SELECT
            customer, end_reason, closes_at,
            multiIf({of:String} = 'stage', stages, {of:String} = 'channel', channels, path) AS each_name,
            arrayMap((name, before, no) -> no = 1 OR name != before,
                each_name, arrayPopBack(arrayPushFront(each_name, '')), arrayEnumerate(each_name)) AS is_kept,
            if({repeats:String} = 'kept', each_name, arrayFilter((name, kept) -> kept, each_name, is_kept)) AS names,
            if({repeats:String} = 'kept', times, arrayFilter((moment, kept) -> kept, times, is_kept)) AS moments
        FROM taken
    ),
