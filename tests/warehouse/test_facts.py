from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm_tracker.events import Record
from cjm_tracker.identity import identifier_number
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named, formats
from cjm_tracker.warehouse import Warehouse, register_mapping, store
from cjm_tracker.warehouse.facts import MAX_PAIRED

from ..sources.test_fuzz import damaged, pipeline
from .deeds import DAY, MAPPING, NOW, START, Deed, Journal, batch_of, column, count

LOGS = ("event_log", "identifier_log", "link_log", "batch_log")


@pytest.fixture
def journal(warehouse: Warehouse) -> Journal:
    return Journal(warehouse)


def deeds(n: int = 3) -> list[Deed]:
    return [Deed(f"e{i}", START + i, ("user_id:u1", f"cookie:c{i}")) for i in range(n)]


def sizes(warehouse: Warehouse) -> dict[str, int]:
    return {table: count(warehouse, table) for table in LOGS}


def merge(warehouse: Warehouse, tables: Iterable[str]) -> None:
    """What the engine does by itself, sooner or later."""
    for table in tables:
        warehouse.command(f"OPTIMIZE TABLE {table} FINAL")


# --- what is written is what was read


def test_an_event_is_stored_with_all_it_says(journal: Journal) -> None:
    journal.keep(
        Deed("e1", START + 1, ("user_id:u1", "cookie:c1"), "bought", "store", revision=7,
             duration_s=60.5, wait_s=1.25, value=Decimal("12.34"), emotion=-0.5, outcome="sold")
    )  # fmt: skip
    row = journal.warehouse.query("SELECT * FROM events").one()
    assert (row["source"], row["event_id"], row["touchpoint"], row["stage"], row["channel"]) == (
        "store", "e1", "bought", "purchase", "shop"
    )  # fmt: skip
    assert (row["duration_s"], row["wait_s"], row["value"], row["emotion"], row["outcome"]) == (
        60.5, 1.25, Decimal("12.3400"), -0.5, "sold"
    )  # fmt: skip
    assert row["identifier"] == identifier_number("user_id", "u1") == row["identifiers"][0]


@pytest.mark.parametrize(
    "ms", [START, START + 1, START + 999, 631_152_000_000, 4_102_444_799_999, 4_133_980_799_123]
)
def test_times_keep_their_milliseconds(journal: Journal, ms: int) -> None:
    # From 1990 to 2100 and beyond.
    journal.keep(Deed("e", ms))
    found = column(journal.warehouse, "SELECT toUnixTimestamp64Milli(occurred_at) FROM events")
    assert found == [ms]


def test_what_is_not_known_is_null(journal: Journal) -> None:
    journal.keep(Deed("e", START))
    found = journal.warehouse.query(
        "SELECT value, duration_s, wait_s, score, emotion FROM events"
    ).rows
    assert found == [(None,) * 5]


def test_an_event_without_identifier_has_number_zero(journal: Journal) -> None:
    journal.keep(Deed("e", START, ()))
    assert column(journal.warehouse, "SELECT identifier FROM events") == [0]


def test_identifiers_are_kept_once_with_their_span(journal: Journal) -> None:
    journal.keep(*(Deed(f"e{n}", START + n, ("user_id:u1",)) for n in (5, 1, 9)))
    found = journal.warehouse.query(
        "SELECT kind, value, toUnixTimestamp64Milli(first_seen_at),"
        " toUnixTimestamp64Milli(last_seen_at) FROM identifier_log FINAL"
    ).rows
    assert found == [("user_id", "u1", START + 1, START + 9)]


def test_a_link_is_kept_from_both_ends_with_its_earliest_evidence(journal: Journal) -> None:
    who = ("user_id:u1", "cookie:c1")
    journal.keep(Deed("late", START + 9, who), Deed("early", START + 1, who))
    found = journal.warehouse.query(
        "SELECT identifier, neighbour, evidence.2 FROM link_log FINAL ORDER BY identifier"
    ).rows
    one, other = sorted(identifier_number(*kind.split(":")) for kind in who)
    assert found == [(one, other, "early"), (other, one, "early")]


@pytest.mark.parametrize(
    ("identifiers", "links"), [(1, 0), (2, 1), (3, 3), (8, 28), (9, 8), (20, 19)]
)
def test_pairs_are_linked_until_there_are_too_many(
    journal: Journal, identifiers: int, links: int
) -> None:
    assert MAX_PAIRED == 8
    journal.keep(Deed("e", START, tuple(f"cookie:c{n}" for n in range(identifiers))))
    assert count(journal.warehouse, "link_log") == 2 * links


def test_the_ledger_names_the_batch_and_what_it_touched(journal: Journal) -> None:
    journal.keep(Deed("a", START), Deed("b", START, (), drop_reason="voided_sale"))
    names = "first_offset, last_offset, records, stored, dropped, touched"
    found = journal.warehouse.query(f"SELECT {names} FROM batch_log").rows
    assert found == [(0, 1, 2, 1, 1, [identifier_number("cookie", "c1")])]


def test_the_mapping_itself_is_kept_beside_its_version(warehouse: Warehouse) -> None:
    for now in (NOW, NOW + 1):
        register_mapping(warehouse, MAPPING, "test:1", now)
    row = warehouse.query("SELECT version, document FROM mapping_log FINAL").one()
    assert row["version"] == "test:1" and '"awareness"' in row["document"]


# --- again


def test_the_same_batch_again_changes_nothing_once_tables_are_merged(journal: Journal) -> None:
    journal.keep(*deeds(), at_offset=0)
    before = sizes(journal.warehouse)
    journal.keep(*deeds(), at_offset=0)
    merge(journal.warehouse, LOGS)
    assert sizes(journal.warehouse) == before


def test_another_batch_at_the_same_offsets_is_not_lost(journal: Journal) -> None:
    # A topic that was made anew begins at offset 0 again.
    journal.keep(Deed("old", START), at_offset=0)
    journal.keep(Deed("new", START), at_offset=0)
    assert sorted(column(journal.warehouse, "SELECT event_id FROM events")) == ["new", "old"]


def test_another_mapping_says_it_anew(warehouse: Warehouse) -> None:
    Journal(warehouse, "test:1").keep(Deed("e", START, touchpoint="seen"))
    later = Journal(warehouse, "test:2")
    later.now += 10
    batch, records = batch_of([Deed("e", START, touchpoint="seen")])
    batch.facts[0] = batch.facts[0]._replace(
        touchpoint=batch.facts[0].touchpoint._replace(name="compared")
    )
    store(warehouse, batch, records, "test:2", later.now)
    assert column(warehouse, "SELECT touchpoint FROM events") == ["compared"]


@pytest.mark.parametrize("view", ["events", "touchpoints", "identities", "feeds"])
def test_the_same_rows_in_other_batches_count_once(journal: Journal, view: str) -> None:
    for cut in ((0, 3), (0, 2), (1, 3), (2, 3)):
        journal.keep(*deeds()[slice(*cut)])
    if view == "feeds":
        assert column(journal.warehouse, "SELECT events FROM feeds") == [3]
    elif view != "identities":
        assert count(journal.warehouse, view) == 3
    else:
        assert len(column(journal.warehouse, "SELECT identifier FROM identifier_log FINAL")) == 4


def test_an_event_redelivered_years_later_still_counts_once(journal: Journal) -> None:
    journal.keep(Deed("e", START))
    journal.now += 3 * 365 * DAY
    journal.keep(Deed("e", START))
    journal.warehouse.command("OPTIMIZE TABLE event_log FINAL")
    assert (count(journal.warehouse, "event_log"), count(journal.warehouse, "events")) == (1, 1)


# --- one id, several payloads


def conflicting() -> list[Deed]:
    return [Deed("e", START + n, touchpoint=name) for n, name in enumerate(("seen", "bought", ""))]


@pytest.mark.parametrize("seed", range(6))
def test_of_conflicting_payloads_always_the_same_one_counts(journal: Journal, seed: int) -> None:
    expected = min(conflicting(), key=lambda deed: deed.fingerprint).touchpoint
    shuffled = conflicting() * 2
    random.Random(seed).shuffle(shuffled)
    for deed in shuffled:
        journal.keep(deed)
    assert column(journal.warehouse, "SELECT touchpoint FROM events") == [expected]


def test_a_conflict_stays_visible_in_the_log(journal: Journal) -> None:
    journal.keep(*conflicting())
    journal.warehouse.command("OPTIMIZE TABLE event_log FINAL")
    assert column(journal.warehouse, "SELECT uniqExact(fingerprint) FROM event_log") == [3]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_highest_revision_stands_whatever_came_first(
    journal: Journal, order: tuple[int, ...]
) -> None:
    for revision in order:
        journal.keep(Deed("e", START - revision, revision=revision, outcome=f"state {revision}"))
    assert column(journal.warehouse, "SELECT outcome FROM events") == ["state 3"]


def test_one_id_in_two_sources_is_two_events(journal: Journal) -> None:
    journal.keep(Deed("1", START, source="website"), Deed("1", START, source="store"))
    assert count(journal.warehouse, "events") == 2


# --- events that are no touchpoint


def test_an_event_is_a_touchpoint_or_unmapped_or_dropped(journal: Journal) -> None:
    journal.keep(
        Deed("a", START), Deed("b", START, touchpoint=""), Deed("c", START, drop_reason="no_answer")
    )
    found = [
        column(journal.warehouse, f"SELECT {what} FROM {view}")
        for what, view in (
            ("event_id", "touchpoints"),
            ("events", "unmapped"),
            ("event_id", "drops"),
        )
    ]
    assert found == [["a"], [1], ["c"]]


# --- whatever is understood can be stored


@pytest.mark.parametrize("name", formats())
@given(data=st.data())
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_can_be_parsed_fits_its_columns(
    warehouse: Warehouse, name: str, data: st.DataObject
) -> None:
    # Or one wild record would stop the worker at every start.
    values = data.draw(st.lists(damaged(name), min_size=30, max_size=60))
    records = [Record("t", 0, offset, NOW, value) for offset, value in enumerate(values)]
    store(warehouse, pipeline().process(records, format_named(name)), records, "v", NOW)


# --- dead letters


def refused(warehouse: Warehouse, *values: bytes, first: int = 0, topic: str = "t") -> None:
    records = [
        Record(topic, 0, first + n, NOW, value, {"k": b"\xff"}) for n, value in enumerate(values)
    ]
    mapping = load_mapping()
    batch = Pipeline(mapping, b"key").process(records, format_named("segment"))
    store(warehouse, batch, records, "v", NOW)


def letters(warehouse: Warehouse, what: str = "value") -> list[Any]:
    return column(warehouse, f"SELECT {what} FROM dead_letters ORDER BY value")


def test_a_dead_letter_keeps_its_bytes(warehouse: Warehouse) -> None:
    every_byte = bytes(range(256))
    refused(warehouse, every_byte, b"{", b"")
    assert column(warehouse, "SELECT hex(value) FROM dead_letters ORDER BY size") == [
        "", "7B", every_byte.hex().upper()
    ]  # fmt: skip


def test_a_dead_letter_has_its_address_and_reason(warehouse: Warehouse) -> None:
    refused(warehouse, b"{", first=17)
    row = warehouse.query("SELECT * FROM dead_letters").one()
    assert (row["topic"], row["partition"], row["offset"], row["source"], row["format"]) == (
        "t", 0, 17, "website", "segment"
    )  # fmt: skip
    assert (row["reason"], row["size"]) == ("not_json", 1)


def test_a_dead_letter_delivered_again_is_one(warehouse: Warehouse) -> None:
    refused(warehouse, b"{")
    refused(warehouse, b"{", b"[")
    refused(warehouse, b"{", first=9, topic="other")
    assert letters(warehouse, "size") == [1, 1]


def test_of_a_record_beyond_the_limit_the_beginning_is_kept(warehouse: Warehouse) -> None:
    refused(warehouse, b"x" * (1 << 20) + b"yyy")
    row = warehouse.query("SELECT size, length(value) AS kept, reason FROM dead_letters").one()
    assert (row["size"], row["kept"], row["reason"]) == ((1 << 20) + 3, 1 << 20, "too_large")


def test_the_ledger_counts_dead_letters(warehouse: Warehouse) -> None:
    refused(warehouse, b"{", b"[")
    assert column(warehouse, "SELECT dead_letters FROM batches") == [2]
