"""A shop's click stream, with its own sessions: 31,106 events of 600 users.

Ours are cut where theirs are: within one of the file's 3,605 sessions the longest pause is 1,677 s
(28 minutes), between two of them the shortest is 38,402 s (10.7 hours), so every gap from 28
minutes to 10 hours gives the file's sessions; the usual half hour is taken.

Everything the views say is counted again from the file, in plain Python.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, pairwise
from string import ascii_lowercase
from typing import NamedTuple

import pytest

from cjm_tracker.warehouse import Warehouse

from ..oracle.pains import newcombe
from ..shared import shared
from .loading import Message, Tracker, segment, upper_median

pytestmark = pytest.mark.real

LOG = "data/retentioneering/ecom.csv.gz"
EVENTS = """
    home promo_page catalog search filter_results product_view compare wishlist_add review_page
    add_to_cart cart shipping_details payment_details payment_error checkout_bug error_page
    purchase account_page support_chat
""".split()
MAPPING = {
    "version": "retentioneering",
    "stages": ["visit"],
    "journeys": [
        {"name": "session", "inactivity": "30m", "goals": ["purchase"]},
        {"name": "user", "inactivity": "9999d", "goals": ["purchase"]},
    ],
    "sources": {
        "website": {
            "channel": "web",
            "rules": [{"when": {"event": event}, "touchpoint": event} for event in EVENTS],
        }
    },
}


class Click(NamedTuple):
    id: str
    user: str
    session: str
    event: str
    at: datetime


def message(click: Click) -> Message:
    return segment(
        "track",
        messageId=click.id,
        timestamp=f"{click.at.isoformat()}Z",
        userId=click.user,
        event=click.event,
    )


class Loaded(NamedTuple):
    clicks: list[Click]
    tracker: Tracker

    def journeys(self, definition: str) -> list[list[Click]]:
        """The file's own, in the order of user and time."""
        key = {"session": lambda click: click.session, "user": lambda click: click.user}
        return [list(group) for _, group in groupby(self.clicks, key[definition])]


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Iterator[Loaded]:
    with gzip.open(shared(LOG), "rt", newline="") as file:
        # Clocks of the file show whole seconds. What happened in the same one stands in the order
        # of event ids, so the line numbers serve as ids and keep the file's order.
        clicks = [
            Click(
                f"{number:05}",
                row["user_id"],
                row["session_id"],
                row["event"],
                datetime.fromisoformat(row["timestamp"]),
            )
            for number, row in enumerate(csv.DictReader(file))
        ]
    tracker = Tracker(engine, MAPPING)
    tracker.take("segment", map(message, clicks))
    tracker.stitch()
    yield Loaded(clicks, tracker)


@pytest.fixture(params=["session", "user"])
def definition(request: pytest.FixtureRequest) -> str:
    return request.param


def test_figures_are_the_published_ones(loaded: Loaded) -> None:
    counts = (
        "SELECT count(), uniqExact(customer_id), uniqExact(customer_id, journey_no),"
        " countIf(touchpoint = 'purchase'), countIf(touchpoint = 'support_chat')"
        " FROM steps WHERE definition = 'session'"
    )
    assert loaded.tracker.rows(counts) == [(31_106, 600, 3_605, 470, 277)]
    assert loaded.tracker.rows("SELECT count(), sum(steps) FROM customers") == [(600, 31_106)]


def test_journeys_are_the_files_sessions_step_by_step(loaded: Loaded, definition: str) -> None:
    """With the loops: how often each touchpoint has come in its journey."""
    found = loaded.tracker.rows(
        "SELECT event_id, touchpoint, position, loop_no, previous_touchpoint FROM steps"
        " WHERE definition = {definition:String} ORDER BY event_id",
        definition=definition,
    )
    expected = []
    for journey in loaded.journeys(definition):
        loops: Counter[str] = Counter()
        before = ""
        for position, click in enumerate(journey, 1):
            loops[click.event] += 1
            expected.append((click.id, click.event, position, loops[click.event], before))
            before = click.event
    assert found == expected


def test_transitions_are_the_files_pairs(loaded: Loaded, definition: str) -> None:
    found = loaded.tracker.rows(
        "SELECT from_touchpoint, to_touchpoint, transitions, customers, median_seconds"
        " FROM transitions WHERE definition = {definition:String}"
        " ORDER BY from_touchpoint, to_touchpoint",
        definition=definition,
    )
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for journey in loaded.journeys(definition):
        for one, other in pairwise(journey):
            pair = one.event, other.event
            seconds[pair].append((other.at - one.at).total_seconds())
            users[pair].add(one.user)
    assert found == [
        (*pair, len(seconds[pair]), len(users[pair]), upper_median(seconds[pair]))
        for pair in sorted(seconds)
    ]
    assert any(one == other for one, other in seconds)  # loops are among them


def test_paths_are_the_files_paths(loaded: Loaded, definition: str) -> None:
    found = loaded.tracker.rows(
        "SELECT path_text, journeys, converted FROM paths WHERE definition = {definition:String}"
        " ORDER BY path_text",
        definition=definition,
    )
    taken: Counter[str] = Counter()
    converted: Counter[str] = Counter()
    for journey in loaded.journeys(definition):
        path = " > ".join(event for event, _ in groupby(click.event for click in journey))
        taken[path] += 1
        converted[path] += any(bought(journey))
    assert found == [(path, taken[path], converted[path]) for path in sorted(taken)]


def test_time_to_purchase_is_the_files(loaded: Loaded, definition: str) -> None:
    """From the start of a session, or from a user's first visit, to the first purchase in it."""
    found = loaded.tracker.rows(
        "SELECT dateDiff('second', started_at, converted_at), is_converted FROM journeys"
        " WHERE definition = {definition:String} AND converted_at IS NOT NULL",
        definition=definition,
    )
    expected = [
        ((first.at - journey[0].at).total_seconds(), 1)
        for journey in loaded.journeys(definition)
        for first in list(bought(journey))[:1]
    ]
    assert sorted(found) == sorted(expected)
    (unsold,) = loaded.tracker.rows(
        "SELECT count() FROM journeys WHERE definition = {definition:String} AND is_converted = 0",
        definition=definition,
    )
    assert unsold == (len(loaded.journeys(definition)) - len(expected),)


def test_touchpoints_add_up_to_the_published_purchases_and_chats(
    loaded: Loaded, definition: str
) -> None:
    journeys = loaded.journeys(definition)
    rows = {
        row["touchpoint"]: row for row in loaded.tracker.ask("touchpoints", definition=definition)
    }
    assert (rows["purchase"]["steps"], rows["support_chat"]["steps"]) == (470, 277)
    for event in EVENTS:
        met = sum(any(click.event == event for click in journey) for journey in journeys)
        assert (rows[event]["journeys"], rows[event]["share"]) == (met, met / len(journeys))


@pytest.mark.parametrize("order", ["ordered", "strict"])
def test_the_funnel_to_the_purchase_is_the_files(
    loaded: Loaded, definition: str, order: str
) -> None:
    steps = ["catalog", "product_view", "add_to_cart", "cart", "purchase"]
    rows = loaded.tracker.ask(
        "funnel", definition=definition, of="touchpoint", order=order, steps=",".join(steps)
    )
    reached = Counter(
        depth
        for journey in loaded.journeys(definition)
        for depth in range(1, came_to([click.event for click in journey], steps, order) + 1)
    )
    assert [row["journeys"] for row in rows] == [reached[depth] for depth in range(1, 6)]
    assert reached[4] > reached[5] > 0 or order == "strict"


def came_to(events: list[str], steps: list[str], order: str) -> int:
    """How many of the steps a journey takes: as a pattern of its events, one character each."""
    signs = dict(zip(EVENTS, ascii_lowercase, strict=False))
    text = "".join(signs[event] for event in events)
    between = "" if order == "strict" else ".*"
    patterns = (between.join(signs[step] for step in steps[:k]) for k in range(1, len(steps) + 1))
    return sum(re.search(pattern, text) is not None for pattern in patterns)


def test_what_leads_to_a_chat_is_in_the_file(loaded: Loaded, definition: str) -> None:
    """All 277, each with the one before it; and who chats against who buys, event by event."""
    rows = loaded.tracker.ask(
        "path_tree",
        definition=definition,
        root="support_chat",
        direction="to",
        visit="each",
        repeats="kept",
        depth="1",
        least="1",
    )
    before = Counter(
        one.event if one else None
        for journey in loaded.journeys(definition)
        for one, other in pairwise([None, *journey])
        if other and other.event == "support_chat"
    )
    assert (rows[0]["visits"], rows[0]["ended"]) == (277, before.pop(None, 0))
    assert {row["name"]: row["visits"] for row in rows[1:]} == before


def test_who_chats_against_who_buys(loaded: Loaded, definition: str) -> None:
    sides = [
        [{click.event for click in journey} for journey in loaded.journeys(definition)
         if any(click.event == event for click in journey)]
        for event in ("support_chat", "purchase")
    ]  # fmt: skip
    rows = loaded.tracker.ask(
        "touchpoints", ["touchpoint=support_chat"], ["touchpoint=purchase"], definition
    )
    found = {row["touchpoint"]: row for row in rows if row["figure"] == "of_journeys"}
    for event in EVENTS:
        counts = [sum(event in met for met in side) for side in sides]
        assert [found[event]["n"], found[event]["against_n"]] == counts
        ends = newcombe(counts[0], len(sides[0]), counts[1], len(sides[1]))
        assert (found[event]["low"], found[event]["high"]) == pytest.approx(ends, abs=1e-4)


def bought(journey: Iterable[Click]) -> Iterator[Click]:
    return (click for click in journey if click.event == "purchase")
