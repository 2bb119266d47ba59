"""Dead letters as state: open or replayed, whole or cut, and three tries each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cjm_tracker.events import FORMAT_HEADER, Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, store
from cjm_tracker.warehouse.dead_letters import (
    MAX_TRIES,
    Letter,
    confirm,
    contents,
    dead_letters,
    fingerprints_at,
    take_up,
    totals,
)
from cjm_tracker.warehouse.replay import store_again

from .deeds import DAY, NOW, Cut, Mortal

TOPIC = "cjm.raw.website"
PIPELINE = Pipeline(load_mapping(), b"key")
PAGE = b'{"type":"page","messageId":"m","anonymousId":"a","timestamp":"2026-10-01T10:00:00Z"}'


def arrive(
    warehouse: Warehouse,
    *values: bytes,
    first: int = 0,
    now: int = NOW,
    format_name: str = "segment",
    again: str = "",
) -> Sequence[Record]:
    """Records as a worker stores them, or `again` as a replay does."""
    records = [
        Record(TOPIC, 0, first + n, now, value, {FORMAT_HEADER: format_name.encode()})
        for n, value in enumerate(values)
    ]
    batch = PIPELINE.process(records, format_named(format_name))
    if again:
        store_again(warehouse, batch, records, "v", now, again)
    else:
        store(warehouse, batch, records, "v", now)
    return records


def one(warehouse: Warehouse) -> Letter:
    (letter,) = dead_letters(warehouse, replayed=True)
    return letter


def replayed(warehouse: Warehouse, letter: Letter, run: str, now: int) -> bool:
    """Take it up and have it confirmed; whether it was granted."""
    granted = take_up(warehouse, [letter], run, now)
    confirm(warehouse, granted, run, now)
    return granted == [letter]


# --- which there are


def test_they_are_listed_by_source_reason_and_time(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{", b"\xff")
    arrive(warehouse, b"<", first=9, now=NOW + DAY, format_name="poslog")
    everything = dead_letters(warehouse)
    assert [(it.source, it.reason) for it in everything] == [
        ("store", "not_xml"), ("website", "not_utf8"), ("website", "not_json")
    ]  # fmt: skip
    assert len(dead_letters(warehouse, source="website")) == 2
    assert [it.offset for it in dead_letters(warehouse, reason="not_utf8")] == [1]
    assert [it.source for it in dead_letters(warehouse, since=NOW + 1)] == ["store"]
    assert len(dead_letters(warehouse, limit=1)) == 1
    assert totals(warehouse, source="website", reason="", since=0) == {"open": 2, "replayed": 0}


def test_a_fingerprint_is_16_digits_and_found_by_address(warehouse: Warehouse) -> None:
    arrive(warehouse, *(bytes([n, 0]) for n in range(128, 192)))
    for letter in dead_letters(warehouse):
        assert len(letter.id) == 16 and int(letter.id, 16) == letter.fingerprint
        found = fingerprints_at(warehouse, TOPIC, 0, letter.offset)
        assert found == [letter.fingerprint]


def test_bytes_and_headers_come_back_as_they_came(warehouse: Warehouse) -> None:
    every_byte = bytes(range(256)) + b"\x00' \\N\t\n"
    arrive(warehouse, every_byte, b"")
    found = {letter.offset: letter for letter in dead_letters(warehouse)}
    content = contents(warehouse, list(found.values()))
    assert content[found[0].key].value == every_byte
    assert content[found[1].key].value == b""
    assert content[found[0].key].headers == {FORMAT_HEADER: b"segment"}


def test_a_key_of_any_bytes_comes_back_or_none(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    letter = one(warehouse)
    warehouse.command(
        "INSERT INTO dead_letter_log SELECT * REPLACE (unhex('FF0027') AS key, stored_at"
        " + INTERVAL 1 SECOND AS stored_at) FROM dead_letter_log"
    )
    assert contents(warehouse, [letter])[letter.key].key == b"\xff\x00'"
    warehouse.command(
        "INSERT INTO dead_letter_log SELECT * REPLACE (NULL AS key, stored_at"
        " + INTERVAL 1 SECOND AS stored_at) FROM dead_letter_log FINAL"
    )
    assert contents(warehouse, [letter])[letter.key].key is None


def test_a_record_over_the_limit_is_not_whole(warehouse: Warehouse) -> None:
    arrive(warehouse, b"x" * ((1 << 20) + 1), b"x" * (1 << 20))
    assert {it.size: it.is_whole for it in dead_letters(warehouse)} == {
        (1 << 20) + 1: False, 1 << 20: True
    }  # fmt: skip


# --- open and replayed


def test_a_replayed_letter_that_does_not_come_back_is_replayed(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    assert replayed(warehouse, one(warehouse), "r1", NOW + 1)
    letter = one(warehouse)
    assert (letter.state, letter.tries) == ("replayed", 1)
    assert letter.replayed_at is not None
    assert dead_letters(warehouse) == []


def test_one_that_comes_back_is_open_again_whatever_the_clocks_say(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    replayed(warehouse, one(warehouse), "r1", NOW + 60_000)
    # The worker's clock is behind that of whoever replayed.
    arrive(warehouse, b"{", first=17, now=NOW + 1)
    letter = one(warehouse)
    assert (letter.state, letter.tries, letter.offset) == ("open", 1, 17)
    replayed(warehouse, letter, "r2", NOW + 60_001)
    assert one(warehouse).state == "replayed"


def test_one_that_is_read_again_where_it_lies_is_open_again(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    replayed(warehouse, one(warehouse), "r1", NOW + 1)
    arrive(warehouse, b"{", now=NOW + 2, again="x")
    assert one(warehouse).state == "open"


def test_a_try_nobody_saw_the_end_of_counts_and_leaves_it_open(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    take_up(warehouse, [one(warehouse)], "r1", NOW + 1)
    letter = one(warehouse)
    assert (letter.state, letter.tries, letter.replayed_at) == ("open", 1, None)


def test_what_cannot_be_written_down_is_not_sent(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    with pytest.raises(Cut):
        take_up(Mortal(warehouse, "replay_log"), [one(warehouse)], "r1", NOW)
    assert one(warehouse).tries == 0


def test_a_fourth_try_is_not_granted(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{", b"[")
    for number in range(MAX_TRIES):
        letter = dead_letters(warehouse, replayed=True)[0]
        assert replayed(warehouse, letter, f"r{number}", NOW + number)
    first, other = dead_letters(warehouse, replayed=True)
    assert (first.tries, other.tries) == (MAX_TRIES, 0)
    # The other one is not held back by it.
    assert take_up(warehouse, [first, other], "r4", NOW + 9) == [other]


def test_of_several_at_once_no_more_than_three_may_send(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    letter = one(warehouse)  # all of them have looked before any of them takes it up
    granted = [take_up(warehouse, [letter], f"r{n}", NOW) for n in range(5)]
    assert granted == [[letter]] * 3 + [[]] * 2


def test_one_run_may_take_up_a_letter_once_and_write_it_twice(warehouse: Warehouse) -> None:
    arrive(warehouse, b"{")
    for _ in range(2):
        replayed(warehouse, one(warehouse), "r1", NOW + 1)
    assert one(warehouse).tries == 1


# --- read again where they lie


def test_a_letter_that_is_understood_in_its_place_is_replayed_without_a_try(
    warehouse: Warehouse,
) -> None:
    # It was refused by rules of that day: a clock two days ahead, say.
    arrive(warehouse, b"{", b"[", now=NOW)
    _, other = dead_letters(warehouse)
    arrive(warehouse, PAGE, b"[", now=NOW + 1, again="x")
    states = {letter.offset: (letter.state, letter.tries) for letter in dead_letters(
        warehouse, replayed=True)}  # fmt: skip
    assert states == {0: ("replayed", 0), 1: ("open", 0)}
    assert other.offset in states
    assert warehouse.query("SELECT count() FROM events").rows == [(1,)]
