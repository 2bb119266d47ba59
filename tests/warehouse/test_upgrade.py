"""A warehouse of the first release comes to this version with all it knows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cjm_tracker.identity import identifier_number
from cjm_tracker.resources import SQL
from cjm_tracker.warehouse import StitchResult, Warehouse, migrate, pending, stitch
from cjm_tracker.warehouse.migrations import REGISTER, Migration, statements

from .deeds import SHORT, START, column

FIRST = ["0001_facts", "0002_paths"]
COOKIE = identifier_number("cookie", "c1")
LOGIN = identifier_number("user_id", "u1")

MONEY = Decimal("9.9900")

EVENT = (
    "INSERT INTO event_log (identifier, occurred_at, source, event_id, fingerprint, format,"
    " touchpoint, channel, drop_reason, identifiers, value, attributes, stored_at, mapping_version)"
    " VALUES"
    " ({identifier:UInt64}, '2050-01-01 00:00:00', 'website', {id:String}, 1, {format:String},"
    " {touchpoint:String}, 'web', {drop:String}, [], 9.9900, map('a', 'b'), '2050-01-02', 'old:1')"
)
LINK = (
    "INSERT INTO link_log VALUES ({one:UInt64}, {other:UInt64}, 'website', 'same_event',"
    " '2050-01-01', '2050-01-01', ('2050-01-01', 'e1'))"
)
IDENTIFIER = (
    "INSERT INTO identifier_log VALUES"
    " ({number:UInt64}, {kind:String}, {value:String}, 0, '2050-01-01', '2050-01-01')"
)
IDENTITY = (
    "INSERT INTO identity_log VALUES"
    " ({number:UInt64}, concat('c', lower(hex({number:UInt64}))), {number:UInt64}, 0, 5)"
)


def first_release(warehouse: Warehouse) -> None:
    """One customer who browsed and then signed in, stitched before the sign-in."""
    warehouse.command(REGISTER)
    for name in FIRST:
        text = Path(SQL / "migrations" / f"{name}.sql").read_text(encoding="utf-8")
        for statement in statements(text):
            warehouse.command(statement)
        row = {"name": [name], "checksum": [Migration(name, text).checksum], "applied_at": [0]}
        warehouse.insert("schema_migrations", row)
    for identifier, id, format_, touchpoint, drop in (
        (COOKIE, "e1", "segment", "seen", ""),
        (LOGIN, "e2", "segment", "bought", ""),
        (LOGIN, "e3", "segment", "", "identity_only"),
        (LOGIN, "e4", "crosswalk", "", "identity_only"),
    ):
        given = {"identifier": identifier, "id": id, "format": format_, "touchpoint": touchpoint}
        warehouse.command(EVENT, {**given, "drop": drop})
    for one, other in ((COOKIE, LOGIN), (LOGIN, COOKIE)):
        warehouse.command(LINK, {"one": one, "other": other})
    for number, kind, value in ((COOKIE, "cookie", "c1"), (LOGIN, "user_id", "u1")):
        warehouse.command(IDENTIFIER, {"number": number, "kind": kind, "value": value})
        warehouse.command(IDENTITY, {"number": number})


def cut_off_everywhere(warehouse: Warehouse) -> None:
    """Each later migration run to its first statement, again to its second, and so on."""
    for migration in pending(warehouse):
        texts = list(statements(migration.text))
        for last in range(len(texts)):
            for statement in texts[: last + 1]:
                warehouse.command(statement)


@pytest.mark.parametrize("again", [False, True], ids=["at once", "cut off everywhere"])
def test_everything_is_carried_over(empty_warehouse: Warehouse, *, again: bool) -> None:
    first_release(empty_warehouse)
    if again:
        cut_off_everywhere(empty_warehouse)
        register = {"name": [m.name for m in pending(empty_warehouse)]}
        register["checksum"] = [m.checksum for m in pending(empty_warehouse)]
        register["applied_at"] = [0] * len(register["name"])
        empty_warehouse.insert("schema_migrations", register)
    migrate(empty_warehouse)
    assert empty_warehouse.query(
        "SELECT event_id, touchpoint, drop_reason, format_drop, value, attributes, mapping_version"
        " FROM event_log FINAL ORDER BY event_id"
    ).rows == [
        ("e1", "seen", "", "", MONEY, {"a": "b"}, "old:1"),
        ("e2", "bought", "", "", MONEY, {"a": "b"}, "old:1"),
        ("e3", "", "identity_only", "identity_only", MONEY, {"a": "b"}, "old:1"),
        ("e4", "", "identity_only", "", MONEY, {"a": "b"}, "old:1"),
    ]


def test_the_next_stitch_takes_all_of_it_anew(empty_warehouse: Warehouse) -> None:
    first_release(empty_warehouse)
    migrate(empty_warehouse)
    # No new batch is needed for it: standings of the old form are unknown.
    assert stitch(empty_warehouse, SHORT, START) == StitchResult(0, 2)  # one is no more
    assert column(empty_warehouse, "SELECT path_text FROM journeys") == ["seen > bought"]
    assert stitch(empty_warehouse, SHORT, START + 1) == StitchResult(0, 0)


def test_who_was_who_before_stays_known(empty_warehouse: Warehouse) -> None:
    first_release(empty_warehouse)
    migrate(empty_warehouse)
    stitch(empty_warehouse, SHORT, START)
    history = empty_warehouse.query(
        "SELECT customer_id, is_current FROM identity_history WHERE kind = 'user_id'"
        " ORDER BY valid_from"
    ).rows
    assert [current for _, current in history] == [0, 1]
    assert history[0][0] == f"c{LOGIN:016x}"
