"""How much of what the simulator knows of its people is found again from their records."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cjm_tracker.direct import load_directly
from cjm_tracker.identity.score import PairScores, pair_scores
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import load_mapping
from cjm_tracker.settings import Settings
from cjm_tracker.simulator import SampleLogs, simulate
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, run_query, stitch

END = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = round(END.timestamp() * 1000)
FORMATS = {
    "website": "segment",
    "call_centre": "amazon_connect",
    "store": "poslog",
    "survey": "typeform",
}


def scores(warehouse: Warehouse, logs: SampleLogs) -> PairScores:
    """Pairs of events of one customer, found against true; events with an identifier only."""
    plan = load_mapping()
    with ExitStack() as stack:
        for source, path in files(logs):
            opened = open_logs([str(path)], stack)
            load_directly(Settings(), plan, warehouse, format_named(FORMATS[source]), opened, clock)
    stitch(warehouse, plan, NOW)
    found = {
        (source, event_id): customer
        for source, event_id, customer in run_query(warehouse, "found_customers").rows
    }
    with (logs.truth / "events.csv").open(newline="", encoding="utf-8") as file:
        truth = {(row["source"], row["event_id"]): row["customer"] for row in csv.DictReader(file)}
    return pair_scores(found, truth)


def clock() -> int:
    return NOW


def files(logs: SampleLogs) -> Iterator[tuple[str, Path]]:
    yield from ((source, getattr(logs, source)) for source in FORMATS)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_in_a_clean_world_people_are_found_again(
    warehouse: Warehouse, tmp_path: Path, seed: int
) -> None:
    logs = simulate(tmp_path, events=4_000, seed=seed, end=END, dirty=False)
    result = scores(warehouse, logs)
    assert result.true_pairs > 10_000
    assert result.precision >= 0.99
    assert result.recall >= 0.97


def test_in_a_dirty_world_most_are(warehouse: Warehouse, tmp_path: Path) -> None:
    """Lent cards and shared tablets cost precision, devices nobody ever signed in on recall."""
    result = scores(warehouse, simulate(tmp_path, events=8_000, end=END))
    assert result.precision >= 0.95
    assert result.recall >= 0.88
