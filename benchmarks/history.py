"""Touchpoints of many customers, made by the engine itself: the same for everybody measured."""

from __future__ import annotations

from pathlib import Path

from cjm_tracker.mapping import Mapping
from cjm_tracker.warehouse import Warehouse, connect, migrate

DAYS = 180
TOUCHPOINTS = 30
GOAL = "touchpoint_0"
GAP_DAYS = 14
SOURCES = ("website", "call_centre", "store", "survey")
STAGES = ("awareness", "consideration", "purchase", "service", "loyalty", "advocacy")

MAPPING = Mapping.model_validate(
    {
        "version": "benchmark",
        "stages": list(STAGES),
        "journeys": [
            {
                "name": "journey",
                "inactivity": f"{GAP_DAYS}d",
                "goals": [GOAL],
                "ends_at": [GOAL],
            }
        ],
        "sources": {
            source: {
                "channel": source,
                "rules": [{"touchpoint": f"touchpoint_{n}"} for n in range(TOUCHPOINTS)],
            }
            for source in SOURCES
        },
    }
)

# A few customers have very many touchpoints, most have few: the cube of an even draw.
SKEWED = "toUInt64(floor({customers} * pow((cityHash64(number, 7) % 1000000) / 1000000., 3)))"
EVEN = "cityHash64(number, 7) % {customers}"

EVENTS = """
INSERT INTO event_log
(
    identifier, occurred_at, source, event_id, fingerprint, format, name, touchpoint, channel,
    stage, identifiers, value, attributes, received_at, stored_at, mapping_version, topic, offset
)
SELECT
    halfMD5(concat('user_id:', toString(customer))) AS identifier,
    toDateTime64('2026-01-01 00:00:00', 3, 'UTC')
        + toIntervalMillisecond(cityHash64(number, 1) % {days:UInt32} * 86400000
            + cityHash64(number, 8) % 86400000) AS occurred_at,
    {sources:Array(String)}[1 + cityHash64(number, 2) % 4] AS source,
    lower(hex(cityHash64(number, 9))), cityHash64(number, 3), 'segment', 'x',
    concat('touchpoint_', toString(cityHash64(number, 4) % {touchpoints:UInt32} AS touched)),
    source,
    {stages:Array(String)}[1 + touched % 6], [identifier],
    if(touched = 0, toDecimal64(9.99, 4), NULL), map('format', 'segment'), occurred_at, occurred_at,
    'v', 't', number
FROM (SELECT number, CUSTOMER AS customer FROM numbers({first:UInt64}, {count:UInt64}))
"""

KEYS = """
INSERT INTO event_key_log
(event_key, identifier, revision, fingerprint, source, event_id, stored_at)
SELECT halfMD5(concat(source, ':', event_id)), identifier, revision, fingerprint, source, event_id,
    stored_at
FROM event_log
"""

IDENTIFIERS = """
INSERT INTO identifier_log
SELECT identifier, 'user_id', toString(customer), min(at), max(at)
FROM
(
    SELECT halfMD5(concat('user_id:', toString(number))) AS identifier, number AS customer,
        toDateTime64('2026-01-01 00:00:00', 3, 'UTC') AS at
    FROM numbers({customers:UInt64})
)
WHERE identifier IN (SELECT identifier FROM event_log)
GROUP BY identifier, customer
"""

PIECE = 2_000_000


def make(directory: Path, touchpoints: int, customers: int, *, skewed: bool) -> None:
    """A warehouse with so many touchpoints, not stitched yet."""
    with connect(f"chdb:///{directory}") as warehouse:
        migrate(warehouse)
        customer = (SKEWED if skewed else EVEN).replace("{customers}", str(customers))
        for first in range(0, touchpoints, PIECE):
            warehouse.command(
                EVENTS.replace("CUSTOMER", customer),
                {
                    "days": DAYS,
                    "sources": list(SOURCES),
                    "stages": list(STAGES),
                    "touchpoints": TOUCHPOINTS,
                    "first": first,
                    "count": min(PIECE, touchpoints - first),
                },
            )
        warehouse.command(KEYS)
        warehouse.command(IDENTIFIERS, {"customers": customers})
        # As they are after a while of running: merged.
        settle(warehouse, "event_log", "event_key_log", "identifier_log")


def settle(warehouse: Warehouse, *tables: str) -> None:
    """Merge the tables' parts, as the engine does by itself when it has time."""
    for table in tables:
        warehouse.command(f"OPTIMIZE TABLE {table} FINAL")
