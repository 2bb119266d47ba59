"""What one measure says agrees with what the others do, whichever journeys are asked for.

These are the invariants that `sql/README.md` publishes.
"""

from __future__ import annotations

import pytest

from cjm_tracker.measures import Scope
from cjm_tracker.warehouse import Warehouse

from .conftest import DEFINITION, Ask, Row

SCOPES = [(), ("touchpoint=helped", "channel=shop")]


@pytest.fixture(params=SCOPES, ids=" ".join)
def scope(request: pytest.FixtureRequest) -> Scope:
    return Scope.of(request.param)


@pytest.fixture
def totals(ask: Ask, scope: Scope) -> Row:
    (row,) = ask("totals", scope)
    assert 0 < row["journeys"] < row["steps"]
    return row


def test_paths_and_the_trees_root_are_the_journeys(ask: Ask, scope: Scope, totals: Row) -> None:
    paths = ask("top_paths", scope, limit="9999")
    assert sum(row["journeys"] for row in paths) == totals["journeys"]
    assert sum(row["converted"] for row in paths) == totals["converted"]
    for direction in ("from", "to"):
        root = ask("path_tree", scope, direction=direction)[0]
        assert (root["journeys"], root["converted"]) == (totals["journeys"], totals["converted"])


def test_transitions_are_the_steps_less_the_journeys(ask: Ask, scope: Scope, totals: Row) -> None:
    rows = ask("transitions", scope, limit="9999")
    assert sum(row["transitions"] for row in rows) == totals["steps"] - totals["journeys"]


def test_touchpoints_and_visits_are_the_steps(ask: Ask, scope: Scope, totals: Row) -> None:
    assert sum(row["steps"] for row in ask("touchpoints", scope)) == totals["steps"]
    visits = (row["visits"] for row in ask("emotion", scope, of="touchpoint"))
    assert sum(visits) == totals["steps"]


def test_whoever_enters_a_funnel_is_at_its_first_touchpoint(ask: Ask, scope: Scope) -> None:
    for row in ask("touchpoints", scope)[:2]:
        name, journeys = row["touchpoint"], row["journeys"]
        entered, _ = ask("funnel", scope, of="touchpoint", steps=f"{name}, nothing")
        root = ask("path_tree", scope, root=name)[0]
        assert entered["journeys"] == root["journeys"] == journeys
        whole = ask("top_paths", scope, **{"from": name}, limit="9999")
        assert sum(row["journeys"] for row in whole) == journeys


def test_a_strict_funnel_of_two_steps_is_a_transition(ask: Ask, scope: Scope) -> None:
    rows = ask("transitions", scope, limit="3")
    for row in rows:
        steps = f"{row['from']}, {row['to']}"
        _, came = ask("funnel", scope, of="touchpoint", steps=steps, order="strict")
        assert came["journeys"] == row["journeys"]


def test_credits_are_the_conversions(ask: Ask, scope: Scope, totals: Row) -> None:
    rows = ask("attribution", scope)
    for model in ("first", "last", "linear", "time_decay"):
        assert sum(row[model] for row in rows) == pytest.approx(totals["converted"])


def test_the_views_say_the_same(ask: Ask, world: Warehouse) -> None:
    (totals,) = ask("totals")
    figures = {
        "journeys": "count()",
        "steps": "count()",
        "paths": "sum(journeys)",
        "transitions": "sum(transitions)",
    }
    found = {
        view: world.query(
            f"SELECT {what} FROM {view} WHERE definition = {{definition:String}}",
            {"definition": DEFINITION.name},
        ).rows[0][0]
        for view, what in figures.items()
    }
    journeys, steps = totals["journeys"], totals["steps"]
    assert found == {"journeys": journeys, "steps": steps, "paths": journeys,
                     "transitions": steps - journeys}  # fmt: skip
