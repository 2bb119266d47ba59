"""Customers act for reasons, and in an order that makes sense."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import mean

from cjm_tracker.simulator import SampleLogs

from .conftest import END
from .reading import SOFIA, SOURCES, Seen, sales, table, understood


def _owners(logs: SampleLogs) -> dict[tuple[str, str], str]:
    rows = table(logs.truth / "events.csv")
    return {(row["source"], row["event_id"]): row["customer"] for row in rows}


def _tracked(logs: SampleLogs, *events: str) -> list[Seen]:
    distinct = {seen.event_id: seen for seen in understood(logs, "website")}
    return [seen for seen in distinct.values() if seen.content.get("event") in events]


def _contacts(logs: SampleLogs) -> dict[str, Seen]:
    return {seen.event_id: seen for seen in understood(logs, "call_centre")}


def _csat(logs: SampleLogs) -> list[tuple[str, Seen, int]]:
    """Customer, response and score of every satisfaction survey."""
    owners = _owners(logs)
    found = []
    for seen in understood(logs, "survey"):
        answer = seen.content["answers"][0]
        if answer["field"]["ref"] == "csat":
            found.append((owners["survey", seen.event_id], seen, answer["number"]))
    return found


def test_all_happens_within_ninety_days(dirty: SampleLogs) -> None:
    for source in SOURCES:
        seen = sales(dirty) if source == "store" else understood(dirty, source)
        moments = [record.occurred_at for record in seen]
        assert END - timedelta(days=90) <= min(moments)
        assert max(moments) <= END


def test_nobody_orders_what_he_has_not_seen(dirty: SampleLogs) -> None:
    owners = _owners(dirty)
    first_view: dict[str, datetime] = {}
    for seen in sorted(_tracked(dirty, "Product Viewed"), key=lambda seen: seen.occurred_at):
        first_view.setdefault(owners["website", seen.event_id], seen.occurred_at)
    orders = _tracked(dirty, "Order Completed")
    assert len(orders) > 100
    for order in orders:
        assert first_view[owners["website", order.event_id]] < order.occurred_at


def test_an_order_follows_its_checkout(dirty: SampleLogs) -> None:
    started = {
        seen.content["properties"]["order_id"]: seen.occurred_at
        for seen in _tracked(dirty, "Checkout Started")
    }
    for order in _tracked(dirty, "Order Completed"):
        assert started[order.content["properties"]["order_id"]] < order.occurred_at


def test_a_contact_runs_forward(dirty: SampleLogs) -> None:
    for seen in understood(dirty, "call_centre"):
        contact = seen.content
        queue = contact["Queue"]
        order = [
            contact["InitiationTimestamp"],
            queue["EnqueueTimestamp"],
            queue["DequeueTimestamp"],
            contact["DisconnectTimestamp"],
            contact["LastUpdateTimestamp"],
        ]
        assert order == sorted(order)
        assert (contact["Agent"] is None) == (queue["DequeueTimestamp"] == order[3])


def test_a_transferred_contact_points_back(dirty: SampleLogs) -> None:
    contacts = _contacts(dirty)
    seconds = [c.content for c in contacts.values() if c.content["PreviousContactId"]]
    assert seconds
    for contact in seconds:
        first = contacts[contact["PreviousContactId"]].content
        assert first["NextContactId"] == contact["ContactId"]
        assert contact["InitiationMethod"] == "TRANSFER"


def test_surveys_come_after_what_they_ask_about(dirty: SampleLogs) -> None:
    contacts = _contacts(dirty)
    orders = {
        seen.content["properties"]["order_id"]: seen.occurred_at
        for seen in _tracked(dirty, "Order Completed")
    }
    for seen in understood(dirty, "survey"):
        hidden = seen.content["hidden"]
        if contact_id := hidden.get("contact_id"):
            assert contacts[contact_id].occurred_at < seen.occurred_at
        if order_id := hidden.get("order_id"):
            assert orders[order_id] < seen.occurred_at


def test_stores_sell_while_they_are_open(dirty: SampleLogs) -> None:
    assert {seen.occurred_at.astimezone(SOFIA).hour for seen in sales(dirty)} <= set(range(10, 23))


def test_mondays_make_callers_wait_and_hang_up(dirty: SampleLogs) -> None:
    waits: dict[bool, list[int]] = {True: [], False: []}
    lost: dict[bool, list[bool]] = {True: [], False: []}
    for seen in _contacts(dirty).values():
        monday = seen.occurred_at.astimezone(SOFIA).weekday() == 0
        waits[monday].append(seen.content["Queue"]["Duration"])
        lost[monday].append(seen.content["Agent"] is None)
    assert mean(waits[True]) > 2 * mean(waits[False])
    assert mean(lost[True]) > 2 * mean(lost[False])


def test_the_broken_browser_is_there_to_be_found(dirty: SampleLogs) -> None:
    rates = {}
    since = END - timedelta(days=50)
    for broken in (True, False):
        failed, tried = (
            sum(
                ("SamsungBrowser" in seen.content["context"]["userAgent"]) is broken
                and seen.occurred_at >= since
                for seen in _tracked(dirty, event)
            )
            for event in ("Payment Failed", "Payment Info Entered")
        )
        rates[broken] = failed / tried
    assert rates[True] > 5 * rates[False]


def test_failed_payments_make_customers_call_and_lower_their_scores(dirty: SampleLogs) -> None:
    owners = _owners(dirty)
    calls = defaultdict(list)
    for seen in _contacts(dirty).values():
        calls[owners["call_centre", seen.event_id]].append(seen.occurred_at)

    def calls_within_two_days(seen: Seen) -> bool:
        limit = seen.occurred_at + timedelta(days=2)
        who = owners["website", seen.event_id]
        return any(seen.occurred_at <= call < limit for call in calls[who])

    failures = _tracked(dirty, "Payment Failed")
    orders = _tracked(dirty, "Order Completed")
    after_failure = mean(calls_within_two_days(seen) for seen in failures)
    assert after_failure > 5 * mean(calls_within_two_days(seen) for seen in orders)
    unlucky = {owners["website", seen.event_id] for seen in failures}
    scores: dict[bool, list[int]] = {True: [], False: []}
    for customer, _, score in _csat(dirty):
        scores[customer in unlucky].append(score)
    assert mean(scores[True]) < mean(scores[False])


def test_web_research_ends_in_stores(dirty: SampleLogs) -> None:
    owners = _owners(dirty)
    views = defaultdict(list)
    for seen in _tracked(dirty, "Product Viewed"):
        views[owners["website", seen.event_id]].append(seen.occurred_at)
    researched = [
        sale
        for sale in sales(dirty)
        if any(view < sale.occurred_at for view in views[owners["store", sale.event_id]])
    ]
    assert len(researched) > len(sales(dirty)) / 4
