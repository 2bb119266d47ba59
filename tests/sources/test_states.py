"""Several records that are one contact, and one record that is several."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cjm_tracker.events import Event, Record
from cjm_tracker.sources import FormatOptions, format_named
from cjm_tracker.testing import payloads

RECORDS = Path(__file__).parents[1] / "records"
OPTIONS = FormatOptions(timezone=ZoneInfo("Europe/Sofia"))
PAGES = [
    "zendesk_talk/page_is_cut_into_calls.json",
    "zendesk_tickets/page_with_its_users.json",
    "shopify/page_is_cut_into_orders.json",
    "epcis/sale_among_the_goods_ways.jsonld",
]


def parsed(format_name: str, value: bytes) -> list[Event]:
    return [*format_named(format_name).parse(Record("t", 0, 0, 0, value), OPTIONS)]


def events(path: Path) -> Iterator[Event]:
    name = path.parent.name
    with path.open("rb") as stream:
        for frame in format_named(name).frames(stream):
            yield from parsed(name, frame)


def revisions(path: str) -> list[int]:
    return [event.revision for event in events(RECORDS / path)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_one_record_is_what_its_parts_are(page: str) -> None:
    path = RECORDS / page
    assert parsed(path.parent.name, path.read_bytes()) == list(events(path))


def test_a_page_of_several_kinds_loses_none() -> None:
    orders, customer = (
        json.loads((RECORDS / "shopify" / name).read_bytes())
        for name in ("page_is_cut_into_orders.json", "customer_says_who_is_who.json")
    )
    page = json.dumps({"customers": [customer["customer"]], **orders}).encode()
    assert [event.name for event in parsed("shopify", page)] == ["order", "order", "customer"]


def test_a_contact_record_stands_over_all_events_of_its_contact() -> None:
    of_events = [
        event.revision
        for path in payloads(RECORDS / "amazon_connect_events")
        if not path.name.startswith("bad_")
        for event in events(path)
    ]
    assert max(of_events) < min(revisions("amazon_connect/abandoned_in_the_queue.json"))


@pytest.mark.parametrize(
    ("path", "newest_first"),
    [
        ("amazon_connect_events/states_of_one_contact_unordered.jsonl", [2, 0, 3, 1]),
        ("twilio_voice/states_of_a_call_end_as_one.urlencoded", [0, 1]),
        ("square/payment_and_its_next_state.jsonl", [0, 1]),
        ("shopify/refund_alone_and_in_its_order.jsonl", [1, 2, 0]),
        ("epcis/sale_taken_back_and_put_right.jsonld", [1, 0, 2]),
    ],
)
def test_the_newest_state_has_the_highest_revision(path: str, newest_first: list[int]) -> None:
    found = revisions(path)
    assert sorted(range(len(found)), key=lambda place: -found[place]) == newest_first


@pytest.mark.parametrize(
    ("format_name", "file"),
    [
        ("asterisk_cdr", "queue_that_rings_two_is_one_call.csv"),
        ("asterisk_cel", "old_columns_in_local_time.csv"),
        ("asterisk_queue_log", "transferred_call.txt"),
    ],
)
def test_a_whole_call_stands_over_each_of_its_lines(format_name: str, file: str) -> None:
    with (RECORDS / format_name / file).open("rb") as stream:
        (record,) = format_named(format_name).frames(stream)
    (call,) = parsed(format_name, record)
    for line in record.split(b"\n"):
        (state,) = parsed(format_name, line)
        assert state.event_id == call.event_id
        assert state.revision < call.revision


def test_one_event_of_epcis_is_one_in_both_notations() -> None:
    written = [
        list(events(RECORDS / "epcis" / f"no_id_the_same_in_{notation}"))
        for notation in ("json.jsonld", "xml.xml")
    ]
    assert written[0] == written[1]
