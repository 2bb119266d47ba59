"""An engine killed in the middle of an insert: it has noted the insert's name, not its rows.

That window cannot be hit at will; what it leaves behind can be made: the newest part of a table is
taken away from the disk, its entry in the table's memory of names stays.
"""

from __future__ import annotations

import shutil
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.warehouse import connect, migrate, stitch

from .deeds import SHORT, Journal, at
from .reading import Picture, expected

TOLD = [
    at(0, who="cookie:c1"),
    at(1, "bought", "user_id:u1 cookie:c1"),
    at(2, who="cookie:c2"),
]
TABLES = ("event_log", "event_key_log", "identifier_log", "link_log", "batch_log")


def keep(home: Path) -> None:
    """The batch is stored, by an engine that is to be killed."""
    with connect(f"chdb:///{home}") as warehouse:
        migrate(warehouse)
        Journal(warehouse).keep(*TOLD)


def parts(home: Path) -> dict[str, list[Path]]:
    with connect(f"chdb:///{home}", create=False) as warehouse:
        rows = warehouse.query(
            "SELECT table, path FROM system.parts WHERE active AND database = currentDatabase()"
        ).rows
    return {name: [Path(path) for table, path in rows if table == name] for name in TABLES}


def again(home: Path) -> Any:
    """The batch is read again and stored again; what journeys tell, and what is wrong with them."""
    with connect(f"chdb:///{home}") as warehouse:
        journal = Journal(warehouse)
        journal.keep(*TOLD, at_offset=0)
        stitch(warehouse, SHORT, journal.now)
        picture = Picture(warehouse, SHORT)
        records = warehouse.query("SELECT sum(records) FROM batches").rows[0][0]
        return picture.stitched("short"), picture.broken_invariants(), records


def elsewhere(work: Any, *arguments: Any) -> Any:
    """An engine of its own: a directory belongs to one process, until that ends."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [TABLES, ("event_log",), ("batch_log",)], ids=str)
def test_what_it_had_noted_and_not_written_is_written_by_the_retry(
    tmp_path: Path, lost: tuple[str, ...]
) -> None:
    home = tmp_path / "warehouse"
    elsewhere(keep, home)
    found = elsewhere(parts, home)
    assert all(found.values())
    for table in lost:
        for part in found[table]:
            shutil.rmtree(part)
    stitched, broken, records = elsewhere(again, home)
    assert stitched == expected(TOLD, "short")
    assert (broken, records) == ([], len(TOLD))
