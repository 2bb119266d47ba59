"""Funnels of every kind, against one that tries all chains."""

from __future__ import annotations

from typing import Any

import pytest

from ..oracle import measures as oracle
from ..oracle.measures import INFINITE, Asked
from .conftest import DEFINITION, Ask, Row

MINUTE = 60_000
THREE = "seen|compared, bought, helped"
STEPS = {
    "seen, bought": ([["seen"], ["bought"]], [0, 0]),
    "seen, seen, bought": ([["seen"], ["seen"], ["bought"]], [0, 0, 0]),
    THREE: ([["seen", "compared"], ["bought"], ["helped"]], [0, 0, 0]),
    "seen, compared?, bought?, helped": (
        [["seen"], ["compared"], ["bought"], ["helped"]],
        [0, 1, 1, 0],
    ),
}
WINDOWS = {"0": INFINITE, "30m": 30 * MINUTE, "1h": 60 * MINUTE}


def compare(found: list[Row], expected: list[Row]) -> None:
    for one, other in zip(found, expected, strict=True):
        shown: dict[str, Any] = {name: one[name] for name in other}
        assert shown == pytest.approx(other, nan_ok=True), one["step"]


# Each value of each parameter with each of every other, at least once.
WAYS = [
    ("ordered", "each", "whole", "0", "kept"),
    ("ordered", "first", "whole", "30m", "kept"),
    ("ordered", "each", "whole", "30m", "collapsed"),
    ("ordered", "each", "step", "30m", "kept"),
    ("ordered", "first", "step", "1h", "collapsed"),
    ("strict", "each", "whole", "0", "collapsed"),
    ("strict", "first", "step", "30m", "kept"),
    ("strict", "each", "whole", "1h", "kept"),
]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("steps", STEPS)
def test_equals_the_one_that_tries_all_chains(
    ask: Ask, journeys: list[Row], complete_to: int, steps: str, way: tuple[str, ...]
) -> None:
    order, entry, within, window, repeats = way
    given = {"steps": steps, "of": "touchpoint", "order": order, "entry": entry, "within": within,
             "window": window, "repeats": repeats}  # fmt: skip
    asked = Asked(*STEPS[steps], "touchpoint", order, entry, within, WINDOWS[window], repeats)
    compare(ask("funnel", **given), oracle.funnel(journeys, asked, complete_to))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("entry", ["first", "each"])
def test_in_any_order(
    ask: Ask, journeys: list[Row], complete_to: int, entry: str, window: str
) -> None:
    given = {"steps": THREE, "of": "touchpoint", "order": "any", "entry": entry, "window": window}
    asked = Asked(*STEPS[THREE], "touchpoint", "any", entry, "whole", WINDOWS[window])
    compare(ask("funnel", **given), oracle.funnel(journeys, asked, complete_to))


def test_by_default_it_is_of_the_definitions_stages(ask: Ask, journeys: list[Row]) -> None:
    found = ask("funnel")
    assert [row["step"] for row in found] == DEFINITION.stages
    assert found[0]["journeys"] == sum("awareness" in journey["stages"] for journey in journeys)
    for row in found[:-1]:
        assert row["journeys"] == row["went_on"] + row["not_yet"] + row["dropped"]
        low, high = row["of_previous_low"], row["of_previous_high"]
        assert low is None or low < row["of_previous"] < high


def test_some_may_still_go_on(ask: Ask) -> None:
    """Or the comparisons above would not have tried it."""
    assert sum(row["not_yet"] for row in ask("funnel")) > 5


def test_of_nobody_there_are_zeros(ask: Ask) -> None:
    rows = ask("funnel", steps="nothing, nowhere", of="touchpoint")
    assert [(row["journeys"], row["share"], row["of_previous"]) for row in rows] == [
        (0, None, None),
        (0, None, None),
    ]
