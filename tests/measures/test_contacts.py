"""Hand-offs and repeats, against contact by contact; and that they add up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from cjm_tracker.warehouse import Warehouse, stitch

from ..oracle import contacts as oracle
from ..warehouse.deeds import Journal
from .conftest import PLAN, Ask, Row, walks

HOUR = 3_600_000


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """As the others', with topics at some of the contacts."""
    dice = random.Random(4)
    journal = Journal(engine)
    journal.keep(
        *(
            replace(deed, topic=dice.choice(["", "bill", "bill", "parcel"]))
            for deed in walks(5, 150)
        )
    )
    stitch(engine, PLAN, journal.now + 1)
    return engine


@pytest.fixture(scope="module")
def topics(world: Warehouse) -> oracle.Topics:
    rows = world.query("SELECT source, event_id, attributes['topic'] FROM touchpoints").rows
    return {(source, event_id): topic for source, event_id, topic in rows}


@pytest.mark.parametrize("mode", ["same", "known", "any"])
@pytest.mark.parametrize(
    ("origins", "aims", "hours"),
    [("website", "call_centre", 1), ("website,store", "store,call_centre", 24)],
)
def test_handoffs(
    ask: Ask,
    journeys: list[Row],
    topics: oracle.Topics,
    complete_to: int,
    mode: str,
    origins: str,
    aims: str,
    hours: int,
) -> None:
    given = {"from": origins, "to": aims, "within": f"{hours}h", "topic": mode, "limit": "9999"}
    rows = ask("handoffs", **given, cost="2.5")
    expected = oracle.handoffs(
        journeys, topics, mode, origins.split(","), aims.split(","), hours * HOUR, complete_to
    )
    assert {(row["from"], row["to"], row["topic"]) for row in rows} == expected.keys() != set()
    for row in rows:
        wanted = expected[row["from"], row["to"], row["topic"]]
        assert {name: row[name] for name in wanted} == wanted
        assert row["cost"] == 2.5 * row["contacts"]
        if row["tried"]:
            assert row["rate"] == row["came_here"] / row["tried"]
            assert 0 <= row["rate_low"] <= row["rate"] <= row["rate_high"] <= 1
        else:
            assert row["rate"] is row["rate_low"] is None


def test_what_a_contact_costs_is_not_zero_where_nobody_said(ask: Ask) -> None:
    assert {row["cost"] for row in ask("handoffs", topic="any")} == {None}


@pytest.mark.parametrize("by", ["touchpoint", "topic"])
@pytest.mark.parametrize("same", ["yes", "no"])
def test_repeats(
    ask: Ask, journeys: list[Row], topics: oracle.Topics, complete_to: int, by: str, same: str
) -> None:
    rows = ask("repeats", by=by, same=same, sources="website,store", within="1h")
    expected = oracle.repeats(
        journeys,
        topics,
        {"touchpoint": "name"}.get(by, by),
        same == "yes",
        ["website", "store"],
        HOUR,
        complete_to,
    )
    found = {row["name"]: row for row in rows}
    assert found.keys() == expected.keys()
    for name, wanted in expected.items():
        assert {column: found[name][column] for column in wanted} == pytest.approx(wanted)
    assert any(row["repeated"] for row in rows)


def test_contacts_are_all_steps_of_their_sources(ask: Ask, journeys: list[Row]) -> None:
    rows = ask("repeats", sources="store")
    steps = sum(list(journey["sources"]).count("store") for journey in journeys)
    assert sum(row["contacts"] for row in rows) == steps
