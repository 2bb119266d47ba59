"""What customers feel, and write, where; and what their behaviour tells."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.warehouse import Warehouse, stitch, store
from cjm_tracker.warehouse.client import Table

from ..oracle import emotion as oracle
from ..warehouse.deeds import NOW, VERSION, batch_of
from .conftest import DEFINITION, PLAN, Row, walks

GONE = ["abandoned", "failed"]
FELT = [None, None, -1.0, -0.5, 0.0, 0.5, 1.0, 0.123]
COMMENTS = {"": [], "late": ["delivery"], "late and rude": ["delivery", "staff"], "hm": [], " ": []}
Ask = Callable[..., list[Row]]


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """Customers who answer, write, wait and give up; nobody feels anything in the last stage."""
    dice = random.Random(5)
    deeds = [
        deed.but(
            outcome=dice.choice(["", "", "answered", *GONE]),
            wait_s=dice.choice([None, dice.uniform(1, 400)]),
            emotion=None if deed.touchpoint == "helped" else dice.choice(FELT),
        )
        for deed in walks(11, 120)
    ]
    batch, records = batch_of(deeds)
    for fact in batch.facts:
        if dice.random() < 0.5:
            fact.event.metric, fact.event.score = "csat", 3.0
        fact.event.comment = dice.choice(list(COMMENTS))
        if themes := COMMENTS[fact.event.comment]:
            fact.event.attributes["themes"] = ",".join(themes)
    store(engine, batch, records, VERSION, NOW)
    stitch(engine, PLAN, NOW + 1)
    return engine


def known(row: Row, expected: Row) -> None:
    found = {name: row[name] for name in expected}
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("of", ["stage", "touchpoint", "channel"])
@pytest.mark.parametrize("behaviour", ["apart", "mixed"])
def test_emotion(ask: Ask, journeys: list[Row], of: str, behaviour: str) -> None:
    told = ask("emotion", of=of, behaviour=behaviour, within="30m", abandoned=",".join(GONE))
    weight = 0.25 if behaviour == "mixed" else None
    names = DEFINITION.stages if of == "stage" else []
    expected = oracle.emotion(journeys, of, names, 1800, GONE, weight)
    assert {row["name"] for row in told} == set(expected)
    for row in told:
        known(row, expected[row["name"]])
    assert max(row["rage"] for row in told) > 0 and max(row["long_waits"] for row in told) > 0


def test_what_nobody_told_of_is_a_gap(ask: Ask) -> None:
    for behaviour in ("apart", "mixed"):
        told = {row["name"]: row for row in ask("emotion", behaviour=behaviour)}
        gap = told["service"]
        assert gap["visits"] > 0 and gap["n"] == 0
        assert gap["mean"] is gap["low"] is gap["high"] is None
        assert list(told) == DEFINITION.stages


def test_a_stage_nobody_came_to_has_a_row(ask: Ask) -> None:
    told = ask("emotion", Scope(customers=("nobody",)))
    assert [row["name"] for row in told] == DEFINITION.stages
    assert {(row["visits"], row["mean"], row["friction"]) for row in told} == {(0, None, None)}


def test_it_adds_up_to_the_steps(ask: Ask, world: Warehouse) -> None:
    """By touchpoint, by stage, and over periods, which have a row for every name."""
    ((steps, felt),) = world.query(
        "SELECT count(), count(emotion) FROM steps WHERE definition = {d:String}",
        {"d": DEFINITION.name},
    ).rows
    told = ask("emotion", of="touchpoint")
    assert (sum(row["visits"] for row in told), sum(row["n"] for row in told)) == (steps, felt)
    assert all(row["n"] == row["from_score"] + row["from_text"] for row in told)
    weeks = ask("emotion", of="touchpoint", every="week")
    assert sum(row["visits"] for row in weeks) == steps
    assert len(weeks) == len({row["period"] for row in weeks}) * len({row["name"] for row in weeks})


def test_only_what_is_said_to_be_retried_is(ask: Ask) -> None:
    told = {
        row["name"]: row for row in ask("emotion", of="touchpoint", within="7d", retried="seen")
    }
    assert told["seen"]["retries"] > 0
    assert told["compared"]["retries"] == told["bought"]["retries"] == 0


@pytest.mark.parametrize("of", ["all", "stage", "touchpoint", "channel"])
def test_themes(ask: Ask, world: Warehouse, journeys: list[Row], of: str) -> None:
    sql = "SELECT source, event_id, comment FROM touchpoints WHERE notEmpty(trim(comment))"
    said = {
        (source, event_id): COMMENTS[comment] for source, event_id, comment in world.query(sql).rows
    }
    told: dict[Any, Row] = {(row["name"], row["theme"]): row for row in ask("themes", of=of)}
    expected = oracle.themes(journeys, of, said)
    assert set(told) == set(expected)
    for key, row in told.items():
        known(row, expected[key])


def test_themes_are_quoted_the_worst_first(ask: Ask) -> None:
    told = {row["theme"]: row for row in ask("themes", quotes="1")}
    assert set(told) == {"", "delivery", "staff"}
    assert told["staff"]["quotes"] == ["late and rude"]
    assert told[""]["quotes"] == ["hm"]
    assert len(ask("themes", quotes="9")[0]["quotes"]) == 2


def test_a_themes_measure_of_no_comments_has_no_rows(ask: Ask) -> None:
    assert ask("themes", Scope(customers=("nobody",))) == []


def test_the_columns_are_those_of_the_head(world: Warehouse) -> None:
    for name in ("emotion", "themes"):
        wanted = measure_named(name)
        answer: Table = world.query(wanted.query(), wanted.bound({}, Scope(), DEFINITION))
        assert answer.columns == tuple(wanted.columns)
