-- Keys, headers and bytes of dead letters, in base64: they may be no text.
SELECT
    source, format, fingerprint,
    base64Encode(key) AS key,
    mapApply((name, header) -> (name, base64Encode(header)), headers) AS headers,
    base64Encode(value) AS value
FROM dead_letters
WHERE has({fingerprints:Array(UInt64)}, fingerprint)
