from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from cjm_tracker.direct import load_directly
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Tally
from cjm_tracker.settings import load_settings
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse

from .conftest import forget_everything

NOW = 2_600_000_000_000  # 2052: dead letters are cleared up by the wall clock
LINE = '198.51.100.{} - - [02/Mar/2026:10:00:{:02} +0000] "GET /a HTTP/1.1" 200 1'
RECORDS = Path(__file__).parent / "records"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Ten requests, two of them equal, and a line that is none."""
    lines = [LINE.format(n % 3, n) for n in range(9)]
    path = tmp_path / "access.log"
    path.write_text("\n".join([*lines, lines[0], "restarted"]) + "\n")
    return path


def load(
    warehouse: Warehouse, *paths: Path, format_name: str = "apache_combined", batch: int = 5_000
) -> Tally:
    settings = load_settings(batch_records=batch, pii_key="0123456789abcdef")
    with ExitStack() as stack:
        logs = open_logs([str(path) for path in paths], stack)
        format_ = format_named(format_name)
        return load_directly(settings, load_mapping(), warehouse, format_, logs, lambda: NOW)


def stored(warehouse: Warehouse) -> dict[str, list]:
    return {
        "touchpoints": warehouse.query(
            "SELECT event_id, touchpoint FROM touchpoints ORDER BY event_id"
        ).rows,
        "dead_letters": warehouse.query("SELECT reason, value FROM dead_letters").rows,
        "identities": warehouse.query(
            "SELECT DISTINCT kind, value FROM identifier_log ORDER BY kind, value"
        ).rows,
    }


def test_every_record_is_accounted_for(warehouse: Warehouse, log: Path) -> None:
    assert load(warehouse, log) == Tally(records=11, stored=10, dropped=0, dead_letters=1)


def test_equal_lines_of_a_log_are_two_events(warehouse: Warehouse, log: Path) -> None:
    load(warehouse, log)
    assert len(stored(warehouse)["touchpoints"]) == 10


def test_a_log_loaded_twice_counts_once(warehouse: Warehouse, log: Path) -> None:
    load(warehouse, log)
    once = stored(warehouse)
    load(warehouse, log)
    assert stored(warehouse) == once


def test_a_log_loaded_under_another_name_counts_once(
    warehouse: Warehouse, log: Path, tmp_path: Path
) -> None:
    load(warehouse, log)
    once = stored(warehouse)
    load(warehouse, log.rename(tmp_path / "renamed.log"))
    assert stored(warehouse) == once


def test_a_log_that_has_grown_adds_what_is_new(warehouse: Warehouse, log: Path) -> None:
    load(warehouse, log)
    with log.open("a") as end:
        end.write(LINE.format(9, 59) + "\n")
    load(warehouse, log)
    assert len(stored(warehouse)["touchpoints"]) == 11


@pytest.mark.parametrize("batch", [1, 3, 11])
def test_the_size_of_a_batch_changes_nothing(warehouse: Warehouse, log: Path, batch: int) -> None:
    load(warehouse, log)
    whole = stored(warehouse)
    forget_everything(warehouse)
    load(warehouse, log, batch=batch)
    assert stored(warehouse) == whole


def test_a_batch_may_begin_where_another_ended_differently(warehouse: Warehouse, log: Path) -> None:
    load(warehouse, log)
    whole = stored(warehouse)
    load(warehouse, log, batch=4)
    assert stored(warehouse) == whole


def test_the_mapping_a_load_used_is_kept(warehouse: Warehouse, log: Path) -> None:
    load(warehouse, log)
    (used,) = warehouse.query("SELECT mapping_version FROM batches").rows
    assert warehouse.query("SELECT version FROM mapping_log").rows == [used]


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDS.iterdir()))
def test_the_examples_of_every_format_can_be_stored(warehouse: Warehouse, name: str) -> None:
    # What parses must also fit its columns: a value that does not would stop the worker.
    examples = [
        path for path in (RECORDS / name).iterdir() if not path.name.endswith(".expected.json")
    ]
    loaded = load(warehouse, *sorted(examples), format_name=name)
    ledger = warehouse.query("SELECT sum(records), sum(dead_letters) FROM batches").rows[0]
    assert ledger == (loaded.records, loaded.dead_letters)
    assert loaded.records == loaded.stored + loaded.dropped + loaded.dead_letters
