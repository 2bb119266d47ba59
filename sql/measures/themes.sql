/*
title: Themes
words: >
  What customers write about, how often, and how they feel then: the comments of journeys by the themes
  of the mapping, and what they say in their own words.
formula: >
  share = comments of the theme / all comments there; mean = mean emotion of those that tell it;
  interval = mean -/+ t(n - 1) * deviation / sqrt(n), at 95 %, cut to the scale.
source: journeys, comments
unit: comments
small_samples: >
  The mean comes with n and an interval, NULL below two of them and where all are equal. What nobody told of has no mean: a gap, not zero.
notes: |
  A comment is counted once for each of its themes, so shares may add up to more than 1. Comments of no
  theme, and in languages other than English, Russian and Bulgarian, have a row with an empty theme: it
  says how much the rules miss.
  emotion is that of the contact: of its score where one was given, else of the comment.
  A changed rule applies to history after cjm rebuild.
parameters:
  of: {default: all, choices: [all, stage, touchpoint, channel], words: "what comments are told apart by, beside the theme"}
  quotes: {form: number, default: "3", words: "how many comments are quoted, those with the worst emotion first"}
  limit: {form: number, default: "100", words: "rows, the most frequent first"}
keys: [name, theme]
compared:
  share: []
  mean: [low, high]
columns:
  name: the stage, touchpoint or channel; empty where all is one
  theme: the theme; empty for comments of none
  comments: how many comments are about it
  customers: of how many customers
  share: of all comments there
  n: how many of them tell how the customer felt
  mean: of what they tell, from -1 to +1
  low: lower end of its interval
  high: upper end
  quotes: some of them, different ones, cut to 200 characters
*/
{common}
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042] AS student,
    df -> if(df <= 30, student[df], 1.96 + 2.38 / df) AS t,
    said AS
    (
        SELECT source, event_id, trim(comment) AS words, comments.themes AS named
        FROM comments
        WHERE notEmpty(words)
    ),
    placed AS
    (
        SELECT
            customer,
            toString(multiIf({of:String} = 'stage', stage, {of:String} = 'channel', channel, {of:String} = 'touchpoint', touchpoint, '')) AS called,
            source, event_id, felt
        FROM taken
        ARRAY JOIN
            sources AS source, event_ids AS event_id, emotions AS felt,
            stages AS stage, channels AS channel, path AS touchpoint
    ),
    each AS
    (
        SELECT customer, called, felt, words, named
        FROM placed
        INNER JOIN said ON said.source = placed.source AND said.event_id = placed.event_id
    ),
    totals AS (SELECT called, count() AS there FROM each GROUP BY called),
    counted AS
    (
        SELECT
            called, about,
            count() AS written,
            uniqExact(customer) AS writers,
            count(felt) AS telling,
            avg(felt) AS middle,
            stddevSamp(felt) AS deviation,
            if(telling < 2 OR deviation = 0, NULL, t(telling - 1) * deviation / sqrt(telling)) AS reach,
            -- Those without emotion last.
            arrayMap(quote -> quote.2, arraySort(groupUniqArray((ifNull(felt, 2), substringUTF8(words, 1, 200))))) AS quoted
        FROM each
        ARRAY JOIN named AS about
        GROUP BY called, about
    )
SELECT
    called AS name,
    about AS theme,
    written AS comments,
    writers AS customers,
    written / there AS share,
    telling AS n,
    middle AS mean,
    if(isNull(reach), NULL, greatest(-1, middle - reach)) AS low,
    if(isNull(reach), NULL, least(1, middle + reach)) AS high,
    arraySlice(arrayDistinct(quoted), 1, {quotes:UInt32}) AS quotes
FROM counted
INNER JOIN totals ON totals.called = counted.called
ORDER BY comments DESC, name, theme
LIMIT {limit:UInt32}
