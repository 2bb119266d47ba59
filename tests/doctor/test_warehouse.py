from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.doctor.facts import facts_findings
from cjm_tracker.doctor.views import compared, views_findings
from cjm_tracker.doctor.warehouse import (
    clocks,
    closed,
    engine,
    migrations,
    space,
    warehouse_findings,
)
from cjm_tracker.mapping import load_mapping
from cjm_tracker.settings import Settings
from cjm_tracker.warehouse import Warehouse, migrate

GB = 1 << 30


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("26.9.6.6", "ok"), ("26.9.0", "ok"), ("27.1.1.1", "ok"), ("26.8.3.1", "warn"),
        ("24.3.1.1", "warn"), ("24.2.9.9", "fail"), ("23.8.1", "fail"), ("", "fail"),
    ],
)  # fmt: skip
def test_the_engine_is_new_enough(version: str, status: str) -> None:
    assert engine("chdb:///w", version).status == status


@pytest.mark.parametrize(
    ("theirs", "before", "after", "status"),
    [
        (100_000, 99_990, 100_010, "ok"),
        # It answered slowly: that is no fault of its clock.
        (100_000, 90_000, 100_010, "ok"),
        (100_000, 93_000, 94_000, "warn"),
        (100_000, 106_000, 106_500, "warn"),
    ],
)
def test_clocks_agree(theirs: int, before: int, after: int, status: str) -> None:
    assert clocks(theirs, before, after).status == status


@pytest.mark.parametrize(
    ("free", "status"), [(100 * GB, "ok"), (5 * GB, "ok"), (4 * GB, "warn"), (GB // 2, "fail")]
)
def test_there_is_room(free: int, status: str) -> None:
    assert space("data", free, 200 * GB).status == status


def test_a_warehouse_that_a_worker_holds_is_no_fault() -> None:
    held = closed("…", Settings(_env_file=None), is_held=True)
    assert held.status == "warn" and "http://127.0.0.1:6067/readyz" in held.fix
    silent = closed("…", Settings(_env_file=None, health="off"), is_held=True)
    assert "readyz" not in silent.fix
    assert closed("away", Settings(_env_file=None), is_held=False).status == "fail"


@pytest.mark.parametrize(
    ("there", "status"),
    [
        ({"a": "1", "b": "2"}, "ok"),
        ({"a": "1", "b": "2", "own": "3"}, "ok"),
        ({"a": "1", "b": "other"}, "warn"),
        ({"a": "1"}, "fail"),
    ],
)
def test_views_are_compared(there: dict[str, str], status: str) -> None:
    found = compared({"a": "1", "b": "2"}, there)
    assert (found.status, found.fix) == (status, "" if status == "ok" else "cjm migrate")


def test_the_views_of_this_version_are_known_as_the_engine_keeps_them(
    warehouse: Warehouse,
) -> None:
    (found,) = views_findings(warehouse)
    assert found.status == "ok", found
    warehouse.command("CREATE OR REPLACE VIEW stages AS SELECT 1 AS position")
    warehouse.command("DROP VIEW drops")
    (found,) = views_findings(warehouse)
    assert found.found == "missing: drops"
    warehouse.command("CREATE VIEW drops AS SELECT 1 AS source")
    (found,) = views_findings(warehouse)
    assert found.found == "not those of this version: drops, stages"
    migrate(warehouse)


def test_looking_for_a_warehouse_makes_none(tmp_path: Path) -> None:
    for place in ("nowhere", "empty"):
        if place == "empty":
            (tmp_path / place).mkdir()
        settings = Settings(_env_file=None, warehouse=f"chdb:///{tmp_path / place}")
        (found,) = warehouse_findings(settings, None, lambda: 0)
        assert found.status == "warn" and "there is none" in found.found
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_an_empty_warehouse_has_nothing_wrong(warehouse: Warehouse) -> None:
    found = {one.check: one.status for one in facts_findings(warehouse, load_mapping())}
    assert found == {
        "stitch": "ok", "definitions": "skipped", "classified": "skipped", "ledger": "ok",
        "feeds": "skipped", "dead letters": "ok", "unmapped": "skipped",
    }  # fmt: skip


def test_one_question_that_fails_does_not_stop_the_others(warehouse: Warehouse) -> None:
    warehouse.command("DROP VIEW feeds")
    found = {one.check: one for one in facts_findings(warehouse, load_mapping())}
    assert found["feeds"].status == "warn" and found["feeds"].found.startswith("not known: ")
    assert found["unmapped"].status == "skipped"


def test_the_schema_is_this_versions(empty_warehouse: Warehouse) -> None:
    assert migrations(empty_warehouse).fix == "cjm migrate"
    migrate(empty_warehouse)
    assert migrations(empty_warehouse).status == "ok"
    row = {"name": ["9999_future"], "checksum": ["x"], "applied_at": [0]}
    empty_warehouse.insert("schema_migrations", row)
    newer = migrations(empty_warehouse)
    assert newer.status == "fail" and "9999_future" in newer.found
