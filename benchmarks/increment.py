"""Does the cost of a stitch follow the customers touched, or history?

The same customers are touched in warehouses of different sizes; every customer has the same number
of touchpoints, so nothing but the history of others differs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import history
from benchmarks.measuring import Measured, alone, clocked, middle, show
from cjm_tracker.warehouse import Warehouse, connect, stitch

EACH = 20  # touchpoints of a customer
NOW = 1_800_000_000_000

NEW_EVENTS = """
INSERT INTO event_log
(
    identifier, occurred_at, source, event_id, fingerprint, format, touchpoint, channel, stage,
    identifiers, received_at, stored_at, mapping_version, topic, offset
)
SELECT
    halfMD5(concat('user_id:', toString(number * {stride:UInt64} + {run:UInt64}))) AS identifier,
    toDateTime64('2026-06-30 12:00:00', 3, 'UTC') AS at, 'website',
    concat('new ', toString({run:UInt64}), ' ', toString(number)),
    number, 'segment', 'touchpoint_1', 'website', 'consideration', [identifier], at, at, 'v', 't',
    number
FROM numbers({touched:UInt64})
"""

NEW_BATCH = """
INSERT INTO batch_log
(
    topic, first_offset, last_offset, token, records, stored, touched, event_keys, stored_at
)
SELECT 't', {run:UInt64}, {run:UInt64}, concat('batch ', toString({run:UInt64})), count(), count(),
    groupArray(halfMD5(concat('user_id:', toString(number * {stride:UInt64} + {run:UInt64})))),
    groupArray(halfMD5(concat('website:new ', toString({run:UInt64}), ' ', toString(number)))),
    now64(3)
FROM numbers({touched:UInt64})
"""


def increment(
    sizes: Annotated[
        str, typer.Option(help="Touchpoints of history.")
    ] = "1000000,10000000,50000000",
    touched: Annotated[int, typer.Option(help="Customers with a new touchpoint.")] = 10_000,
    runs: Annotated[int, typer.Option(help="The median of so many is shown.")] = 5,
) -> None:
    """One stitch on top of a small and a large history."""
    found: dict[int, Measured] = {}
    for size in (int(written) for written in sizes.split(",")):
        with tempfile.TemporaryDirectory() as directory:
            found[size] = alone(measure, Path(directory), size, touched, runs)
    least = found[min(found)]
    show(
        f"One stitch, {touched:,} customers touched",
        ["touchpoints of history", "seconds", "times the smallest", "CPU seconds", "peak MB"],
        [
            [
                f"{size:,}",
                f"{measured.seconds:.2f}",
                f"{measured.seconds / least.seconds:.2f}",
                f"{measured.cpu_seconds:.2f}",
                f"{measured.peak_mb:,.0f}",
            ]
            for size, measured in found.items()
        ],
    )


def measure(home: Path, size: int, touched: int, runs: int) -> Measured:
    customers = size // EACH
    history.make(home / "warehouse", size, customers, skewed=False)
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:
        stitch(warehouse, history.MAPPING, NOW, full=True)
        history.settle(warehouse, "identity_log", "journey_log")
        # The first run warms up what a long-running worker has warm.
        found = [_touch(warehouse, run, customers, touched) for run in range(runs + 1)]
    return middle(found[1:])


def _touch(warehouse: Warehouse, run: int, customers: int, touched: int) -> Measured:
    parameters = {"run": run, "touched": touched, "stride": max(1, customers // touched)}
    warehouse.command(NEW_EVENTS, parameters)
    warehouse.command(f"{history.KEYS} WHERE startsWith(event_id, 'new {run} ')")
    warehouse.command(NEW_BATCH, parameters)
    return clocked(lambda: stitch(warehouse, history.MAPPING, NOW + 1 + run))
