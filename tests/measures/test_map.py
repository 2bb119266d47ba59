"""The journey map and the measures tell the same of the same journeys."""

from __future__ import annotations

from collections import Counter

import pytest

from cjm_tracker.answers import map_of
from cjm_tracker.measures import Scope
from cjm_tracker.warehouse import Warehouse

from .conftest import DEFINITION, PLAN, Ask

SCOPES = [
    Scope(),
    Scope.of(["source=store", "converted=yes"]),
    Scope.of(["channel=phone,web", "touchpoint=compared"]),
]


@pytest.mark.parametrize("scope", SCOPES)
def test_figures_are_those_of_the_measures(world: Warehouse, ask: Ask, scope: Scope) -> None:
    drawn = map_of(world, PLAN, "en", DEFINITION, scope)
    stages = {stage.key: stage for stage in drawn.stages}
    times: Counter[tuple[str, str]] = Counter()
    for stage in drawn.stages:
        for touchpoint in stage.touchpoints:
            times[stage.key, touchpoint.key] += touchpoint.times
    measured = ask("touchpoints", scope)
    assert times == {(row["stage"], row["touchpoint"]): row["steps"] for row in measured}
    assert drawn.totals.steps == sum(row["steps"] for row in measured) > 0
    for row in ask("emotion", scope):
        felt = stages[row["name"]].emotion
        assert (felt and (felt.answers, felt.mean)) == (
            (row["n"], row["mean"]) if row["n"] else None
        )
    pains = {(stage.key, pain.kind): pain for stage in drawn.stages for pain in stage.pains}
    rows = ask("opportunities", scope, limit="1000")
    assert {(row["stage"], row["kind"]) for row in rows} == pains.keys()


@pytest.mark.parametrize("scope", SCOPES)
def test_every_move_is_counted(world: Warehouse, ask: Ask, scope: Scope) -> None:
    drawn = map_of(world, PLAN, "en", DEFINITION, scope)
    moves = {(one.touchpoint, one.to_touchpoint): one.times for one in drawn.moves}
    measured = ask("transitions", scope, limit="999999")
    assert moves == {(row["from"], row["to"]): row["transitions"] for row in measured}
    assert sum(moves.values()) == drawn.totals.steps - drawn.totals.journeys
    assert sum(one.exits for one in drawn.stages) == sum(
        one.times for one in drawn.moves if one.place != one.to_place
    )


def test_the_map_of_all_is_that_of_the_view(world: Warehouse) -> None:
    drawn = map_of(world, PLAN, "en", DEFINITION)
    names = ("journeys", "customers", "went_on", "still_open", "ended_here", "dropped_off")
    view = world.query(
        f"SELECT stage, {', '.join(names)} FROM stage_funnel WHERE definition = 'measured'"
    ).dicts()
    assert len(view) == len(drawn.stages)
    for row in view:
        (stage,) = [one for one in drawn.stages if one.key == row["stage"]]
        assert {name: getattr(stage.flow, name) for name in names} == {n: row[n] for n in names}


def test_nobody_is_an_empty_map(world: Warehouse) -> None:
    drawn = map_of(world, PLAN, "en", DEFINITION, Scope.of(["customer=nobody"]))
    assert drawn.is_empty and drawn.period is None and drawn.moves == ()
    assert {stage.emotion for stage in drawn.stages} == {None}
