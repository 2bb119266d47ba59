-- Identifiers by their numbers, each with its place as of the last stitch.
SELECT
    seen.identifier AS number,
    seen.kind AS kind,
    seen.value AS value,
    toInt8(place.standing) AS standing,
    place.customer AS customer,
    place.component AS component,
    place.hops AS hops,
    seen.first_at AS first_seen_at,
    seen.last_at AS last_seen_at
FROM
(
    SELECT
        identifier, kind, value,
        toDateTime64(min(first_seen_at), 3, 'UTC') AS first_at,
        toDateTime64(max(last_seen_at), 3, 'UTC') AS last_at
    FROM identifier_log
    WHERE identifier IN {numbers:Array(UInt64)}
    GROUP BY identifier, kind, value
) AS seen
LEFT JOIN
(
    SELECT
        identifier,
        argMax(identity_log.customer, run) AS customer, argMax(identity_log.component, run) AS component,
        argMax(identity_log.hops, run) AS hops, argMax(identity_log.standing, run) AS standing
    FROM identity_log
    WHERE identifier IN {numbers:Array(UInt64)}
    GROUP BY identifier
) AS place ON place.identifier = seen.identifier
ORDER BY number
