"""What a stitch looks for is what came of late; nothing it has not seen may fall out of that."""

from __future__ import annotations

import pytest

from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.stitch import unstitched

from .deeds import MAPPING, Journal, at, column


def age(warehouse: Warehouse, table: str, time: str, hours: int) -> None:
    """As if all rows of the table had been written so many hours ago."""
    copy = f"SELECT * REPLACE ({time} - toIntervalHour({hours}) AS {time}) FROM {table}"
    warehouse.command(f"CREATE TABLE aged AS {table}")
    warehouse.command(f"INSERT INTO aged {copy}")
    warehouse.command(f"EXCHANGE TABLES aged AND {table}")
    warehouse.command("DROP TABLE aged SYNC")


@pytest.fixture
def stitched(warehouse: Warehouse) -> Journal:
    journal = Journal(warehouse)
    journal.keep(at(0))
    stitch(warehouse, MAPPING, journal.now)
    return journal


@pytest.mark.parametrize("days", [0, 2, 400])
def test_what_waited_for_a_stitch_is_taken_in_however_long_it_waited(
    stitched: Journal, days: int
) -> None:
    warehouse = stitched.warehouse
    stitched.keep(at(1, "bought"))
    for table, time in (("batch_log", "arrived_at"), ("stitched_log", "stitched_at")):
        age(warehouse, table, time, 24 * days)
    assert len(unstitched(warehouse)) == 1
    assert stitch(warehouse, MAPPING, stitched.now).batches == 1
    assert column(warehouse, "SELECT path_text FROM journeys WHERE definition = 'short'") == [
        "seen > bought"
    ]
    assert unstitched(warehouse) == []


def test_what_came_late_to_a_stitch_is_taken_in_by_the_next(stitched: Journal) -> None:
    # Its row arrived before the last stitch ended, which had not seen it.
    stitched.keep(at(1, "bought"))
    age(stitched.warehouse, "batch_log", "arrived_at", 20)
    assert stitch(stitched.warehouse, MAPPING, stitched.now).batches == 1


def test_what_was_taken_in_long_ago_is_not_looked_at_again(stitched: Journal) -> None:
    age(stitched.warehouse, "batch_log", "arrived_at", 48)
    assert unstitched(stitched.warehouse) == []


def test_a_clock_that_was_put_back_loses_nothing(stitched: Journal) -> None:
    warehouse = stitched.warehouse
    age(warehouse, "stitched_log", "stitched_at", -720)  # a month from now
    stitched.keep(at(1, "bought"))
    assert stitch(warehouse, MAPPING, stitched.now).batches == 1
