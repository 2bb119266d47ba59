-- The dead letters one run has taken up, without those it must not send: whoever takes one up
-- says so first and looks here then, so that of several at once one too many holds back.
SELECT toString(source) AS source, toString(format) AS format, fingerprint
FROM replay_log
WHERE command = 'dlq replay' AND has({fingerprints:Array(UInt64)}, fingerprint)
GROUP BY source, format, fingerprint
HAVING uniqExact(run) <= {most:UInt64} AND has(groupUniqArray(run), {run:String})
