"""Key figures beside what people want them to be."""

from __future__ import annotations

import pytest

from cjm_tracker import kpis
from cjm_tracker.map.key_figures import NAMES, KeyFigure, key_figures, told
from cjm_tracker.map.model import Emotion, Flow, JourneyMap, Kpi, Stage, Totals, Waiting

NBSP = "\u00a0"


def _figures(*wanted: Kpi, journeys: int = 100, goals: tuple[str, ...] = ("G",)) -> list[KeyFigure]:
    stage = Stage(
        "a",
        "A",
        flow=Flow(journeys, journeys, 40, 10, 50, 25),
        emotion=Emotion(30, 0.25),
        waiting=Waiting(50, 5, 45, 90.0, 300.0, 40, 10),
        converted=33,
        median_s=7200.0,
        friction=0.125,
        kpis=wanted,
    )
    return key_figures(JourneyMap("M", "en", "d", None, Totals(200, 190), (stage,), goals), stage)


def test_three_figures_stand_in_any_case() -> None:
    assert [(one.name, one.value, one.targets) for one in _figures()] == [
        ("reach a goal", "33%", ()),
        ("median time to go on", f"2{NBSP}h", ()),
        ("contacts with friction", "12%", ()),
    ]


@pytest.mark.parametrize(
    ("measure", "target", "value", "is_met"),
    [
        ("conversion", 0.33, "33%", True),
        ("conversion", 0.34, "33%", False),
        ("drop_off", 0.25, "25%", True),
        ("drop_off", 0.2, "25%", False),
        ("onward_time", "2h", f"2{NBSP}h", True),
        ("onward_time", "119m", f"2{NBSP}h", False),
        ("friction", 0.125, "12%", True),
        ("emotion", 0.3, "+0.25", False),
        ("emotion", -1, "+0.25", True),
        ("wait", "90s", f"1{NBSP}min 30{NBSP}s", True),
        ("abandonment", 0.05, "10%", False),
        ("repeat_contact", 0.25, "25%", True),
    ],
)
def test_a_target_is_compared_with_its_measure(
    measure: kpis.Measure, target: float | str, value: str, is_met: bool
) -> None:
    wanted = told(kpis.Kpi(name="k", measure=measure, target=target), "K", "en")
    (found,) = (one for one in _figures(wanted) if one.targets)
    assert found.value == value
    assert [(one.text, one.is_met) for one in found.targets] == [(wanted.text, is_met)]
    assert found.targets[0].verdict == ("met" if is_met else "missed")


def test_every_measure_of_a_kpi_is_a_key_figure() -> None:
    assert set(NAMES) == set(kpis.Measure.__args__)


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    wanted = told(kpis.Kpi(name="k", measure="conversion", target=0.4), "K", "en")
    (first, *_) = _figures(wanted, goals=())
    assert (first.value, first.targets[0].verdict) == ("–", "")
    assert _figures(wanted, journeys=0) == []


@pytest.mark.parametrize(
    ("measure", "target", "english", "bulgarian"),
    [
        ("conversion", 0.425, "K: at least 42.5%", f"K: поне 42,5{NBSP}%"),
        ("drop_off", 0.07, "K: at most 7%", f"K: най-много 7{NBSP}%"),
        ("emotion", 0.3, "K: at least +0.30", "K: поне +0,30"),
        ("wait", "2d", f"K: at most 2{NBSP}d", f"K: най-много 2{NBSP}д"),
        (None, "120 EUR", "K: 120 EUR", "K: 120 EUR"),
        (None, 40, "K: 40", "K: 40"),
    ],
)
def test_a_target_is_as_exact_as_it_was_written(
    measure: kpis.Measure | None, target: float | str, english: str, bulgarian: str
) -> None:
    kpi = kpis.Kpi(name="k", measure=measure, target=target)
    assert (told(kpi, "K", "en").text, told(kpi, "K", "bg").text) == (english, bulgarian)
