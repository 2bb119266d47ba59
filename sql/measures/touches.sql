    -- Touches: what came before a journey's first goal, of which each journey has one at least. This
    -- stands for {touches} in the measures of attribution.
    led AS
    (
        SELECT
            customer, journey_no, is_converted, value,
            -- Where there is no goal, all steps come before it.
            ifNull(converted_at, ended_at) AS goal_at,
            multiIf({of:String} = 'touchpoint', path, {of:String} = 'source', sources, channels) AS each_name,
            if(is_converted, greatest(1, arrayFirstIndex((moment, name) -> moment = goal_at AND has({goals:Array(String)}, name), times, path)), step_count + 1) AS goal_place,
            arrayMap(moment -> if(is_converted, dateDiff('millisecond', moment, goal_at) / 1000, 0), arraySlice(times, 1, goal_place - 1)) AS each_age,
            arrayMap(
                (name, before, nth, age, no) -> age <= {lookback_s:Float64} AND multiIf({touches:String} = 'all', 1, {touches:String} = 'unique', nth = 1, no = 1 OR name != before),
                arraySlice(each_name, 1, goal_place - 1) AS came_before,
                arrayPopBack(arrayPushFront(came_before, '')),
                arrayEnumerateUniq(came_before), each_age, arrayEnumerate(each_age)) AS is_touch,
            arrayFilter((name, touches) -> touches, came_before, is_touch) AS touched
        FROM taken
    ),
    touched AS
    (
        SELECT
            customer, journey_no, is_converted, value,
            if(empty(led.touched), [each_name[goal_place]], led.touched) AS names,
            if(empty(led.touched), [0.], arrayFilter((age, touches) -> touches, each_age, is_touch)) AS ages
        FROM led
    ),
