"""From messages to parcels, in this process and in another, with rows that no table takes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from cjm_tracker.errors import RowsRejected
from cjm_tracker.events import FORMAT_HEADER, Event, Record
from cjm_tracker.mapping import load_mapping, stamp
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from streams import decoders
from streams.decoders import Decoders
from streams.parcel import Packer, Parcel, Taken, halves

NOW = 1_900_000_000_000
KEY = b"k" * 32
HEADERS = ((FORMAT_HEADER, b"segment"),)


def page(number: int, **fields: Any) -> bytes:
    message = {"type": "page", "messageId": f"m{number}", "anonymousId": f"c{number % 7}",
               "timestamp": "2026-03-02T11:00:00Z", **fields}  # fmt: skip
    return json.dumps(message).encode()


def message(offset: int, value: bytes | None, headers: Any = HEADERS) -> SimpleNamespace:
    return SimpleNamespace(
        offset=offset, timestamp=NOW, value=value, headers=headers, key=b"k" if offset % 2 else None
    )


def taken(partition: int, numbers: range) -> Taken:
    messages = [message(number, page(number)) for number in numbers]
    return Taken.of(TopicPartition("raw", partition), messages)


@pytest.fixture(scope="module")
def pack() -> Packer:
    return Packer(Pipeline(load_mapping(), KEY), format_named("segment"))


def tables(parcel: Parcel) -> dict[str, Any]:
    return {name: rows.to_pydict() for name, rows in parcel.prepared.facts.items()}


def test_messages_become_records_with_their_address_headers_and_key() -> None:
    place = TopicPartition("raw", 3)
    some = Taken.of(place, [message(5, b"x"), message(7, None, ()), message(8, b"y")])
    assert some.records() == [
        Record("raw", 3, 5, NOW, b"x", {FORMAT_HEADER: b"segment"}, b"k"),
        Record("raw", 3, 7, NOW, b"", {}, b"k"),
        Record("raw", 3, 8, NOW, b"y", {FORMAT_HEADER: b"segment"}, None),
    ]


def test_a_round_is_one_insert_with_a_ledger_row_a_partition(pack: Packer) -> None:
    (parcel,) = pack([taken(0, range(10)), taken(1, range(100, 104))], NOW)
    assert parcel.prepared.facts["event_log"].num_rows == 14
    ledger = parcel.prepared.ledger.to_pydict()
    assert ledger["partition"] == [0, 1]
    assert (ledger["first_offset"], ledger["last_offset"]) == ([0, 100], [9, 103])
    assert ledger["records"] == [10, 4] == ledger["stored"]
    assert len(set(ledger["token"])) == 2
    assert parcel.offsets == {TopicPartition("raw", 0): 10, TopicPartition("raw", 1): 104}


def test_the_same_round_has_the_same_address_and_another_has_not(pack: Packer) -> None:
    def address(*some: Taken) -> str:
        return str(pack(some, NOW)[0].prepared.ledger["token"].to_pylist())

    first, second = taken(0, range(5)), taken(1, range(5, 9))
    addresses = [
        address(first, second), address(first), address(taken(0, range(4)), second),
        address(first, taken(1, range(5, 8))), address(first, taken(2, range(5, 9))),
        # Offsets begin at 0 again where a topic was made anew.
        address(Taken.of(first.partition, [message(n, page(n, name="Other")) for n in range(5)])),
    ]  # fmt: skip
    assert address(first, second) == addresses[0]
    assert len(set(addresses)) == len(addresses)


def test_halves_lose_nothing() -> None:
    one, two, three = (taken(partition, range(partition * 10, partition * 10 + 5))
                       for partition in range(3))  # fmt: skip
    assert [list(half) for half in halves([one, two, three])] == [[one], [two, three]]
    left, right = halves([one])
    assert [*left[0].records(), *right[0].records()] == one.records()


# --- values that no column takes


@pytest.fixture
def huge(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], bool]], None]:
    """Makes the events whose id is chosen worth more than the warehouse can count."""
    parse = format_named("segment").parse

    def choose(chosen: Callable[[str], bool]) -> None:
        def parsed(record: Record, options: Any) -> list[Event]:
            events = list(parse(record, options))
            for event in events:
                if chosen(event.event_id):
                    event.value = Decimal(10) ** 17
            return events

        object.__setattr__(format_named("segment"), "parse", parsed)

    yield choose  # type: ignore[misc]
    object.__setattr__(format_named("segment"), "parse", parse)


def test_only_the_record_that_does_not_fit_is_set_apart(pack: Packer, huge: Any) -> None:
    huge(lambda event_id: event_id in ("m3", "m12"))
    parcels = pack([taken(0, range(10)), taken(1, range(10, 20))], NOW)
    refused = [parcel for parcel in parcels if parcel.is_refused]
    assert [parcel.dead_letters[0].record.offset for parcel in refused] == [3, 12]
    assert {parcel.dead_letters[0].reason for parcel in refused} == {"does_not_fit"}
    # Each part has its own ledger row, and together they cover every offset once, in order.
    covered = [offset for parcel in parcels for some in parcel.taken for offset in some.offsets]
    assert covered == list(range(20))
    assert sum(parcel.stored for parcel in parcels) == 18


def test_what_the_warehouse_refuses_is_halved_down_to_the_record(pack: Packer) -> None:
    (whole,) = pack([taken(0, range(3))], NOW)
    parcels, refused = [whole], []
    while parcels:  # as delivery does, for a warehouse that takes nothing
        parcel = parcels.pop()
        if parcel.is_refused:
            refused.append(parcel.dead_letters[0].record.offset)
        else:
            parcels += pack.apart(parcel.taken, RowsRejected("no"), NOW)
    assert sorted(refused) == [0, 1, 2]


# --- in another process


@pytest.fixture(scope="module")
def beside() -> Iterator[Decoders]:
    made = Decoders(1, load_mapping(), KEY)
    yield made
    made.close()


@pytest.mark.slow
def test_another_process_makes_the_same_parcel(
    beside: Decoders, pack: Packer, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [taken(0, range(500)), Taken.of(TopicPartition("raw", 1), [message(0, b"{")])]
    (here,) = pack(some, NOW)
    monkeypatch.setattr(decoders, "MIN_RECORDS", 1)
    (there,) = asyncio.run(beside.pack("segment", some, NOW))
    assert beside._pool is not None
    assert all(
        stamp(load_mapping()) in token for token in there.prepared.ledger["token"].to_pylist()
    )
    assert tables(there) == tables(here)
    assert there.prepared.ledger == here.prepared.ledger
    assert there.dead_letters == here.dead_letters
    assert there.taken == some


@pytest.mark.slow
def test_processes_end_with_a_killed_worker(tmp_path: Any) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio, sys, time\n"
        "from cjm_tracker.mapping import load_mapping\n"
        "from streams import decoders\n"
        "from tests.streams.test_parcel import NOW, taken\n"
        "if __name__ == '__main__':\n"
        "    decoders.MIN_RECORDS = 1\n"
        "    made = decoders.Decoders(1, load_mapping(), b'k')\n"
        "    asyncio.run(made.pack('segment', [taken(0, range(3))], NOW))\n"
        "    print(*made._pool._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not is_running(child):
            return
        time.sleep(0.1)
    pytest.fail("the process outlived its worker")


def is_running(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
