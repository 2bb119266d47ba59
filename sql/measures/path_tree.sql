/*
title: Path tree
words: >
  The ways journeys go on from a touchpoint, or came to it, as a tree: of those that went a > b, how
  many went on to c, how many ended there, how many may still go on, and how many of them reach a goal.
formula: >
  visits = went_on + not_yet + ended; went_on = sum of visits one level deeper, (other) among them.
  share = visits / visits of the parent; of_root = visits / visits of the root;
  conversion = converted / journeys
source: journeys
unit: visits of the root, which are journeys where only the first one counts
small_samples: >
  The conversion comes with a Wilson interval of 95 %. Branches with fewer than least visits are one
  row, (other), which has no branches.
notes: |
  No root: the tree begins with the journey (direction to: ends with it), at (start) or (end), and its
  root has all journeys asked for. Several roots are one.
  direction to: the tree runs backwards in time; ended then says that nothing came before, and not_yet
  is 0. Paths are written in the order of time all the same.
  visit each: whoever comes to the root several times is in the tree as often, and visits are more than
  journeys.
  What has no name of the kind asked for (no stage) is passed over. With repeats collapsed the same
  several times in a row is one contact, at the time of its first.
  Rows follow as branches do: each below its parent, the most frequent first.
parameters:
  root: {form: list, default: "", words: "where the tree begins: any of these; empty: with the journey"}
  direction: {default: from, choices: [from, to], words: "what follows the root, or what precedes it"}
  of: {default: touchpoint, choices: [touchpoint, stage, channel], words: "what the paths are of"}
  visit: {default: first, choices: [first, each], words: "which visit of the root in a journey"}
  repeats: {default: collapsed, choices: [kept, collapsed], words: "whether the same several times in a row counts once"}
  depth: {form: number, default: "4", most: 12, words: "how many contacts from the root"}
  least: {form: number, default: "10", words: "visits that a branch needs for a row of its own"}
keys: [path]
columns:
  path: from the root to here, in the order of time
  depth: contacts from the root; 0 is the root itself
  name: the touchpoint, stage or channel; (other) are the smaller branches together
  visits: how often
  journeys: in how many journeys
  share: of the parent's visits; NULL at the root
  of_root: of the root's visits
  went_on: visits after which there was another contact
  not_yet: of the others, those whose journey may still go on
  ended: and those whose journey ended here; with direction to, began here
  converted: of those journeys, the ones that reached a goal
  conversion: converted / journeys
  conversion_low: lower end of its interval
  conversion_high: upper end
  median_s: median seconds between the parent and this one; NULL at the root and at (start) and (end)
*/
{common}
    {root:Array(String)} AS roots,
    {direction:String} = 'to' AS is_back,
    if(empty(roots), if(is_back, '(end)', '(start)'), arrayStringConcat(roots, ' | ')) AS root_name,
    named AS
    (
        SELECT
            customer, journey_no, is_converted,
            NOT is_back AND may_go_further(end_reason, closes_at) AS is_awaited,
            multiIf({of:String} = 'stage', stages, {of:String} = 'channel', channels, path) AS each_name,
            arrayFilter(name -> name != '', each_name) AS some_names,
            arrayMap((name, before, no) -> {repeats:String} = 'kept' OR no = 1 OR name != before,
                some_names, arrayPopBack(arrayPushFront(some_names, '')), arrayEnumerate(some_names)) AS is_kept,
            arrayFilter((name, kept) -> kept, some_names, is_kept) AS names,
            arrayFilter((moment, kept) -> kept, arrayFilter((moment, name) -> name != '', times, each_name), is_kept) AS moments
        FROM taken
    ),
    -- Contacts as the tree tells them, each with the seconds between it and the one told before.
    told AS
    (
        SELECT
            customer, journey_no, is_converted, is_awaited,
            if(is_back, arrayReverse(names), names) AS met,
            if(is_back, arrayReverse(moments), moments) AS met_at,
            arrayMap(
                (name, now, before, no) -> (toString(name), if(no = 1, NULL, abs(dateDiff('millisecond', before, now)) / 1000)),
                met, met_at, arrayPopBack(arrayPushFront(met_at, toDateTime64(0, 3, 'UTC'))), arrayEnumerate(met)) AS from_before,
            -- Where there is no root, the journey's own end is one.
            if(empty(roots), arrayPushFront(from_before, (root_name, NULL)), from_before) AS contacts,
            if(empty(roots), [root_name], roots) AS begins,
            if(is_back, arrayLastIndex(one -> has(begins, one.1), contacts), arrayFirstIndex(one -> has(begins, one.1), contacts)) AS first_visit
        FROM named
    ),
    -- What is told after a visit of the root, one contact deeper than the tree: that one says that there
    -- was more. Of each visit step after step over all contacts at once: a slice a visit would copy all
    -- of them as often as there are visits.
    walks AS
    (
        SELECT customer, journey_no, is_converted, is_awaited, walk
        FROM told
        ARRAY JOIN if({visit:String} = 'first',
            [arraySlice(contacts, first_visit + 1, {depth:UInt8} + 1)],
            arrayFilter(
                (walk, one) -> has(begins, one.1),
                arrayFold(
                    (so_far, k) -> arrayMap(
                        (walk, next) -> if(next.1 = '', walk, arrayPushBack(walk, next)),
                        so_far, arrayShiftLeft(contacts, k, ('', NULL))),
                    range(1, {depth:UInt8} + 2),
                    arrayResize([arraySlice(contacts, 1, 0)], length(contacts), arraySlice(contacts, 1, 0))),
                contacts)) AS walk
        WHERE first_visit > 0
    ),
    -- Each beginning of each walk.
    ways AS
    (
        SELECT
            customer, journey_no, is_converted, is_awaited,
            length(walk) > level AS goes_on,
            arrayMap(one -> one.1, arraySlice(walk, 1, level)) AS way,
            if(level = 0, NULL, walk[level].2) AS seconds
        FROM walks
        ARRAY JOIN range(0, least(length(walk), {depth:UInt8}) + 1) AS level
    ),
    -- Those that have a row of their own; what is below a rare one is rarer.
    kept AS
    (
        SELECT way FROM ways WHERE notEmpty(way) GROUP BY way HAVING count() >= {least:UInt32}
    ),
    branches AS
    (
        SELECT
            branch,
            count() AS visits,
            if({visit:String} = 'first', visits, uniqExact(customer, journey_no)) AS journeys,
            if({visit:String} = 'first', countIf(is_converted), uniqExactIf((customer, journey_no), is_converted)) AS converted,
            countIf(goes_on) AS went_on,
            countIf(NOT goes_on AND is_awaited) AS not_yet,
            quantileExact(0.5)(seconds) AS median_s
        FROM
        (
            SELECT *, if(empty(way) OR way IN (SELECT way FROM kept), way, arrayPushBack(arrayPopBack(way), '(other)')) AS branch
            FROM ways
            WHERE length(way) < 2 OR arrayPopBack(way) IN (SELECT way FROM kept)
        )
        GROUP BY branch
    ),
    -- With the visits of each node on the way, from the root on: of all that begin so, the node itself
    -- has the most.
    placed AS
    (
        SELECT * EXCEPT (above, weight), arraySort(groupArray((above, weight))).2 AS weights
        FROM
        (
            SELECT *, above, max(visits) OVER (PARTITION BY arraySlice(branch, 1, above)) AS weight
            FROM branches
            ARRAY JOIN range(0, length(branch) + 1) AS above
        )
        GROUP BY ALL
    )
SELECT
    arrayStringConcat(if(is_back, arrayReverse(arrayPushFront(branch, root_name)), arrayPushFront(branch, root_name)), ' > ') AS path,
    length(branch) AS depth,
    if(depth = 0, root_name, branch[-1]) AS name,
    visits,
    journeys,
    if(depth = 0, NULL, visits / weights[-2]) AS share,
    visits / weights[1] AS of_root,
    went_on,
    not_yet,
    visits - went_on - not_yet AS ended,
    converted,
    converted / journeys AS conversion,
    wilson_low(conversion, journeys) AS conversion_low,
    wilson_high(conversion, journeys) AS conversion_high,
    median_s
FROM placed
-- Below its parent, the most frequent first, what is rare at the end.
ORDER BY arrayMap((weight, each_name) -> (if(each_name = '(other)', 1, -toInt64(weight)), each_name), arrayPopFront(weights), branch)
