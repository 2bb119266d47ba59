from __future__ import annotations

from typing import Any

import pytest

from cjm_tracker.doctor import facts


@pytest.mark.parametrize(
    ("since", "waiting", "oldest", "status", "told"),
    [
        (None, 0, None, "ok", "none yet"),
        (300, 0, None, "ok", "the last 5 min ago, no batch waits"),
        (300, 2, 5, "ok", "2 batches wait"),
        (300, 2, 61, "warn", "the last 5 min ago; 2 batches wait for one, 61 s the oldest"),
        (None, 1, 86_400, "warn", "none yet; 1 batches"),
    ],
)
def test_stitching(
    since: int | None, waiting: int, oldest: int | None, status: str, told: str
) -> None:
    row = {"seconds_since": since, "waiting": waiting, "seconds_waiting": oldest}
    found = facts.stitch(row)
    assert found.status == status and told in found.found


def definition(name: str, version: str = "1", behind: int = 0) -> dict[str, Any]:
    return {"definition": name, "version": version, "behind": behind}


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([], "skipped"),
        ([definition("a"), definition("b")], "ok"),
        ([definition("a"), definition("b", behind=3)], "warn"),
        ([definition("a"), definition("b", version="2")], "warn"),
        ([definition("a")], "warn"),
        ([definition("a"), definition("b"), definition("c")], "warn"),
    ],
)
def test_definitions(rows: list[dict[str, Any]], status: str) -> None:
    found = facts.definitions(rows, {"a": "1", "b": "1"})
    assert (found.status, found.fix) == (status, "cjm rebuild" if status == "warn" else "")


@pytest.mark.parametrize(
    ("used", "status"), [("", "skipped"), ("retail:1", "ok"), ("retail:2", "warn")]
)
def test_the_mapping_used_last(used: str, status: str) -> None:
    assert facts.classified(used, "retail:1").status == status


def test_gaps_are_told_with_their_places() -> None:
    assert facts.ledger([]).status == "ok"
    gaps = [{"topic": f"t{n}", "partition": 0, "first": 1, "last": 2} for n in range(5)]
    found = facts.ledger([*gaps, gaps[0]])
    assert found.status == "warn"
    assert found.found.startswith("6 gaps between batches of t0/0, t1/0, t2/0 and 2 more")


@pytest.mark.parametrize(
    ("silent", "status"), [(-5, "ok"), (0, "ok"), (86_400, "ok"), (86_401, "warn")]
)
def test_a_silent_source_is_told(silent: int, status: str) -> None:
    (found,) = facts.feeds([{"source": "store", "seconds_silent": silent}])
    assert (found.check, found.status) == ("feed store", status)
    assert "-" not in found.found


@pytest.mark.parametrize(
    ("reasons", "records", "status"),
    [
        ({}, 0, "ok"),
        ({"not_json": 1}, 100, "ok"),
        ({"not_json": 1, "bad_field": 1}, 100, "warn"),
        ({"not_json": 1}, 0, "warn"),
    ],
)
def test_dead_letters(reasons: dict[str, int], records: int, status: str) -> None:
    found = facts.dead_letters(reasons, records)
    assert found.status == status
    assert all(reason in found.found for reason in reasons)


@pytest.mark.parametrize(
    ("count", "events", "status"),
    [(0, 0, "skipped"), (0, 10, "ok"), (5, 100, "ok"), (6, 100, "warn"), (1, 1, "warn")],
)
def test_unmapped(count: int, events: int, status: str) -> None:
    assert facts.unmapped(count, events).status == status
