"""The truth covers the logs: every understandable record once, and nothing else."""

from __future__ import annotations

from collections import Counter

import phonenumbers
import pytest

from cjm_tracker.simulator import SampleLogs

from .reading import SOURCES, sales, table, understood


def _ids(logs: SampleLogs, source: str) -> set[str]:
    seen = sales(logs) if source == "store" else understood(logs, source)
    return {record.event_id for record in seen}


@pytest.mark.parametrize("world", ["dirty", "clean"])
@pytest.mark.parametrize("source", SOURCES)
def test_events_are_the_understandable_records(
    request: pytest.FixtureRequest, world: str, source: str
) -> None:
    logs: SampleLogs = request.getfixturevalue(world)
    listed = [
        row["event_id"] for row in table(logs.truth / "events.csv") if row["source"] == source
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == _ids(logs, source)


def test_identity_calls_are_the_identify_messages(dirty: SampleLogs) -> None:
    listed = {row["event_id"] for row in table(dirty.truth / "identity_calls.csv")}
    messages = understood(dirty, "website")
    assert listed == {seen.event_id for seen in messages if seen.content["type"] == "identify"}


def test_every_customer_is_described_once(dirty: SampleLogs) -> None:
    customers = [row["customer"] for row in table(dirty.truth / "customers.csv")]
    assert len(customers) == len(set(customers))
    for name in ("events.csv", "journeys.csv", "identifiers.csv"):
        assert {row["customer"] for row in table(dirty.truth / name)} <= set(customers)


def test_customer_ids_do_not_tell_who_is_known(dirty: SampleLogs) -> None:
    rows = table(dirty.truth / "customers.csv")
    assert {row["known"] for row in rows} == {"0", "1"}
    assert all(row["customer"].startswith("C") for row in rows)


def test_strangers_leave_cookies_only(dirty: SampleLogs) -> None:
    known = {row["customer"]: row["known"] for row in table(dirty.truth / "customers.csv")}
    rows = table(dirty.truth / "identifiers.csv")
    assert {row["kind"] for row in rows if known[row["customer"]] == "0"} == {"cookie"}


def test_identifiers_are_normalised(dirty: SampleLogs) -> None:
    rows = table(dirty.truth / "identifiers.csv")
    for row in rows:
        if row["kind"] == "phone":
            number = phonenumbers.parse(row["value"])
            assert phonenumbers.is_valid_number(number)
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert e164 == row["value"]
        elif row["kind"] == "email":
            assert row["value"] == row["value"].lower()
    kinds = {"cookie", "user_id", "email", "phone", "loyalty_card", "customer_number"}
    assert {row["kind"] for row in rows} == kinds


def test_shared_means_more_than_one_customer(dirty: SampleLogs) -> None:
    rows = table(dirty.truth / "identifiers.csv")
    users = Counter((row["kind"], row["value"]) for row in rows)
    for row in rows:
        assert (row["shared"] == "1") == (users[row["kind"], row["value"]] > 1)


def test_logins_and_customer_numbers_belong_to_one(dirty: SampleLogs) -> None:
    rows = table(dirty.truth / "identifiers.csv")
    strong = [row for row in rows if row["kind"] in ("user_id", "customer_number", "email")]
    assert all(row["shared"] == "0" for row in strong)


def test_journeys_have_an_order_and_some_are_open(dirty: SampleLogs) -> None:
    rows = table(dirty.truth / "journeys.csv")
    assert len({row["journey"] for row in rows}) == len(rows)
    for row in rows:
        assert (row["ended_at"] == "") == (row["outcome"] == "open")
        if row["ended_at"]:
            assert row["started_at"] <= row["ended_at"]
    outcomes = {row["outcome"] for row in rows}
    assert outcomes >= {"open", "abandoned", "bought_online", "bought_in_store", "returned"}


def test_read_me_says_that_it_is_invented(dirty: SampleLogs) -> None:
    assert "invented" in (dirty.truth / "README.txt").read_text(encoding="utf-8")
