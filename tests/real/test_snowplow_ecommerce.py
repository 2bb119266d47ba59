"""A demo shop's Snowplow events, against the sessions and transactions its vendor computed.

A customer is the first-party cookie: `domain_userid` of the web tracker, the client session's
`user_id` of the mobile one, where the former is empty. `user_id` is empty throughout, and
`network_userid`, the collector's own cookie, has 5 values for 60 cookies: it would give 9 sessions.

A session is the tracker's, `domain_sessionid`, 63 with the mobile one. The tracker ends it after
half an hour of silence, and a gap of half an hour gives exactly the same 63: within a session
nobody rests longer than 426 s, and the three sessions that follow another one of the same cookie
begin 6,144 s and more after it.

Differences to the expected files, none of them in the journeys:

- One event of the app `skip-me` is in none of them; here a rule drops it.
- One order was sent twice within a second, as two events with ids of their own. The vendor counts
  orders, 14; ours are events, 15. Counted by order, ours are the same 14.
- Their sessions begin and end by the collector's clock, all their other times are by the
  customer's, as all of ours are. `received_at` is the collector's here.
- 410 events of 28 and 29 November 2022 name no action, neither in the events file nor in the
  companion file of actions. For the vendor and for us they are part of a session and nothing
  else: the 14 of them that carry an order are no transactions.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

import pytest

from cjm_tracker.warehouse import Warehouse

from ..shared import shared
from .loading import Message, Tracker, ms, segment

pytestmark = pytest.mark.real

FOLDER = "data/snowplow_ecommerce/"
EVENTS = "source/snowplow_ecommerce_events.csv"
CLIENTS = "source/com_snowplowanalytics_snowplow_client_session_1.csv"
SESSIONS = "expected/snowplow_ecommerce_sessions_expected.csv"
TRANSACTIONS = "expected/snowplow_ecommerce_transaction_interactions_expected.csv"

CONTEXT = "contexts_com_snowplowanalytics_snowplow_ecommerce_{}_1_0_0"
ACTION = "unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1_0_0"
ACTIONS = """
    product_view list_view list_click add_to_cart remove_from_cart checkout_step transaction
    refund promo_view promo_click
""".split()

JOURNEYS = "SELECT groupArray(event_id) FROM steps GROUP BY customer_id, journey_no"
CUSTOMERS = "SELECT count(), sum(journeys), sum(is_known) FROM customers"
ORDERS = """
    (SELECT *, attributes['order_id'] AS order_id FROM touchpoints
     WHERE touchpoint = 'transaction' ORDER BY occurred_at LIMIT 1 BY order_id)
"""

HALF_AN_HOUR = timedelta(minutes=30)
NEVER = datetime.min.replace(tzinfo=UTC)
MAPPING = {
    "version": "snowplow",
    "stages": ["consideration", "purchase"],
    "journeys": [{"name": "session", "inactivity": "30m", "goals": ["transaction"]}],
    "sources": {
        "website": {
            "channel": "web",
            "rules": [
                {"when": {"category": "skip-me"}, "drop": "another_app"},
                *({"when": {"event": action}, "touchpoint": action} for action in ACTIONS),
                {"when": {"event": "snowplow_ecommerce_action"}, "touchpoint": "shop_action"},
            ],
        }
    },
}

Row = dict[str, str]


class Hit(NamedTuple):
    """What these tests know of an event."""

    id: str
    app: str
    cookie: str
    session: str
    action: str
    at: datetime
    collected_at: datetime
    login: str
    order: dict[str, Any]


def hits() -> Iterator[Hit]:
    clients = {row["root_id"]: row for row in rows_of(CLIENTS)}
    for row in rows_of(EVENTS):
        client = clients.get(row["event_id"])
        yield Hit(
            id=row["event_id"],
            app=row["app_id"],
            cookie=client["user_id"] if client else row["domain_userid"],
            session=client["session_id"] if client else row["domain_sessionid"],
            action=json.loads(row[ACTION] or "{}").get("type", row["event_name"]),
            at=utc(row["derived_tstamp"]),
            collected_at=utc(row["collector_tstamp"]),
            login=context(row, "user").get("id") or "",
            order=context(row, "transaction"),
        )


def context(row: Row, name: str) -> dict[str, Any]:
    """What an event carries beside itself, at most once; empty text or list where it does not."""
    return next(iter(json.loads(row[CONTEXT.format(name)] or "[]") or ()), {})


def message(hit: Hit) -> Message:
    _, value = segment(
        "track",
        messageId=hit.id,
        timestamp=hit.at.isoformat(),
        anonymousId=hit.cookie,
        event=hit.action,
        properties={
            "category": hit.app,
            "order_id": hit.order.get("transaction_id"),
            "revenue": hit.order.get("revenue"),
            "currency": hit.order.get("currency"),
        },
    )
    return ms(hit.collected_at), value


def log_in(hit: Hit) -> Message:
    """The shop's own user of an event, told afterwards and apart from it."""
    return segment(
        "identify",
        messageId=f"login {hit.id}",
        timestamp=hit.at.isoformat(),
        anonymousId=hit.cookie,
        userId=hit.login,
    )


class Loaded(NamedTuple):
    hits: list[Hit]
    joined: list[list[tuple[Any, ...]]]  # what JOURNEYS and CUSTOMERS say when logins are told
    tracker: Tracker  # which knows cookies only

    @property
    def counted(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.app != "skip-me"]

    @property
    def session_of(self) -> dict[str, str]:
        return {hit.id: hit.session for hit in self.hits}


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Iterator[Loaded]:
    log = list(hits())
    tracker = Tracker(engine, MAPPING)
    tracker.take("segment", map(message, log))
    tracker.stitch()
    tracker.take("segment", [log_in(hit) for hit in log if hit.login and hit.cookie])
    tracker.stitch()
    joined = [tracker.rows(JOURNEYS), tracker.rows(CUSTOMERS)]
    tracker = Tracker(engine, MAPPING)
    tracker.take("segment", map(message, log))
    tracker.stitch()
    yield Loaded(log, joined, tracker)


@pytest.fixture(scope="module")
def sessions() -> dict[str, Row]:
    """The vendor's."""
    return {row["domain_sessionid"]: row for row in rows_of(SESSIONS)}


def test_every_event_is_accounted_for(loaded: Loaded) -> None:
    assert loaded.tracker.rows(
        "SELECT (SELECT count() FROM events), (SELECT count() FROM steps),"
        " (SELECT count() FROM unmapped), (SELECT count() FROM dead_letters)"
    ) == [(834, 833, 0, 0)]
    assert loaded.tracker.rows("SELECT drop_reason, name FROM drops") == [
        ("another_app", "checkout_step")
    ]


def test_journeys_are_the_vendors_sessions(loaded: Loaded, sessions: dict[str, Row]) -> None:
    expected: dict[str, list[str]] = defaultdict(list)
    for hit in loaded.counted:
        expected[hit.session].append(hit.id)
    assert set(expected) == set(sessions)
    assert in_sets(ids for (ids,) in loaded.tracker.rows(JOURNEYS)) == in_sets(expected.values())
    assert loaded.tracker.rows(CUSTOMERS) == [(60, 63, 0)]


def test_sessions_begin_end_and_buy_as_the_vendors(
    loaded: Loaded, sessions: dict[str, Row]
) -> None:
    """What happens in a session, by the customer's clock; its ends, by the collector's."""
    marks = {
        "product_view": "'product_view', 'list_view'",
        "product_add_to_cart": "'add_to_cart'",
        "product_remove_from_cart": "'remove_from_cart'",
        "transaction_completed": "'transaction'",
    }
    times = ", ".join(
        f"toUnixTimestamp64Milli({edge}OrNullIf(steps.occurred_at, steps.touchpoint IN ({names})))"
        for names in marks.values()
        for edge in ("min", "max")
    )
    found = loaded.tracker.rows(
        f"""
        SELECT
            any(steps.event_id),
            toUnixTimestamp64Milli(min(received_at)), toUnixTimestamp64Milli(max(received_at)),
            {times},
            uniqExactIf(attributes['order_id'], steps.touchpoint = 'transaction')
        FROM steps
        INNER JOIN touchpoints USING (source, event_id)
        GROUP BY steps.customer_id, steps.journey_no
        """
    )
    columns = [f"{edge}_{mark}" for mark in marks for edge in ("first", "last")]
    session_of = loaded.session_of
    assert {session_of[event_id]: row for event_id, *row in found} == {
        session: [
            *(
                ms(utc(row[name])) if row[name] else None
                for name in ("start_tstamp", "end_tstamp", *columns)
            ),
            int(row["total_number_transactions"] or 0),
        ]
        for session, row in sessions.items()
    }


def test_transactions_are_the_vendors(loaded: Loaded) -> None:
    found = loaded.tracker.rows(
        "SELECT event_id, order_id, currency, toUnixTimestamp64Milli(occurred_at), value"
        f" FROM {ORDERS} ORDER BY event_id"
    )
    assert found == sorted(
        (
            row["event_id"],
            row["transaction_id"],
            row["transaction_currency"],
            ms(utc(row["derived_tstamp"])),
            Decimal(row["transaction_revenue"]),
        )
        for row in rows_of(TRANSACTIONS)
    )
    assert loaded.tracker.rows(f"SELECT count(), sum(value) FROM {ORDERS}") == [
        (14, Decimal("1466094.89"))
    ]


def test_revenue_by_session_is_the_vendors_but_for_the_order_sent_twice(
    loaded: Loaded, sessions: dict[str, Row]
) -> None:
    found = loaded.tracker.rows(
        "SELECT any(event_id), countIf(touchpoint = 'transaction') AS transactions,"
        " sumIf(value, touchpoint = 'transaction') FROM steps"
        " GROUP BY customer_id, journey_no HAVING transactions > 0"
    )
    session_of = loaded.session_of
    ours = {session_of[event_id]: figures for event_id, *figures in found}
    theirs = {
        session: [int(row["total_number_transactions"]), Decimal(row["total_transaction_revenue"])]
        for session, row in sessions.items()
        if row["total_transaction_revenue"]
    }
    bought = [hit for hit in loaded.counted if hit.action == "transaction"]
    sent = Counter(hit.order["transaction_id"] for hit in bought)
    ((twice, revenue),) = {
        (hit.session, Decimal(hit.order["revenue"]))
        for hit in bought
        if sent[hit.order["transaction_id"]] > 1
    }
    theirs[twice] = [theirs[twice][0] + 1, theirs[twice][1] + revenue]
    assert ours == theirs


def test_a_login_told_later_joins_the_cookies(loaded: Loaded) -> None:
    """17 of the 60 cookies were once logged in as one user, the mobile one as another.

    Told so, the tracker has 44 customers left. What the one with 17 cookies did under two of them
    within half an hour becomes one journey: 51 are left.
    """
    journeys, customers = loaded.joined
    expected = cut(loaded.counted)
    assert in_sets(ids for (ids,) in journeys) == in_sets(expected)
    assert customers == [(44, 51, 2)]


def cut(log: list[Hit]) -> list[list[str]]:
    """The event ids of each journey, with all cookies of a login as one customer."""
    logins = {hit.cookie: hit.login for hit in log if hit.login}
    journeys: list[list[str]] = []
    latest: dict[str, tuple[datetime, list[str]]] = {}
    for hit in sorted(log, key=attrgetter("at")):
        customer = logins.get(hit.cookie, hit.cookie)
        before, journey = latest.get(customer, (NEVER, []))
        if hit.at - before > HALF_AN_HOUR:
            journeys.append(journey := [])
        journey.append(hit.id)
        latest[customer] = hit.at, journey
    return journeys


def in_sets(groups: Iterable[Iterable[str]]) -> set[frozenset[str]]:
    """Groups of event ids, whatever their order."""
    return {frozenset(group) for group in groups}


def rows_of(name: str) -> list[Row]:
    with shared(FOLDER + name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def utc(written: str) -> datetime:
    """Some of the file's times lack their offset; all are UTC."""
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
