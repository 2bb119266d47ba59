"""Key figures of a stage beside what people want them to be: the mapping's KPIs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cjm_tracker import kpis
from cjm_tracker.map import figures
from cjm_tracker.map.model import JourneyMap, Kpi, Stage, Waiting
from cjm_tracker.map.words import words
from cjm_tracker.mapping import Language

# Shown in any case; the others where a KPI asks for them. Names are those of words.
ALWAYS = ("conversion", "onward_time", "friction")
NAMES = {
    "conversion": "kpi_converted",
    "onward_time": "kpi_onward",
    "friction": "kpi_friction",
    "drop_off": "dropped",
    "emotion": "emotion",
    "wait": "median_wait",
    "abandonment": "abandoned",
    "repeat_contact": "asked_again",
}
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Target:
    """A KPI, and whether it is met; empty where there is nothing to tell by."""

    text: str
    verdict: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """What was measured, in words, and what people want it to be."""

    name: str
    value: str
    targets: tuple[Target, ...]


def key_figures(map: JourneyMap, stage: Stage) -> list[KeyFigure]:
    """Those of a stage that journeys visit."""
    if not stage.flow.journeys:
        return []
    told, values = words(map.language), _values(map, stage)
    wanted = {kpi.measure for kpi in stage.kpis}
    return [
        KeyFigure(
            getattr(told, name),
            UNKNOWN if value is None else _written(measure, value, map.language, figures.share),
            tuple(
                _target(kpi, value, map.language) for kpi in stage.kpis if kpi.measure == measure
            ),
        )
        for measure, name in NAMES.items()
        for value in [values[measure]]
        if measure in wanted or (measure in ALWAYS and value is not None)
    ]


def told(kpi: kpis.Kpi, name: str, language: Language) -> Kpi:
    """A KPI of the mapping as the map has it, under its name in words."""
    value = kpi.value
    if kpi.measure is None or value is None:
        return Kpi(f"{name}: {kpi.target}")
    limit = "at_least" if kpi.measure in kpis.MORE_IS_BETTER else "at_most"
    written = _written(kpi.measure, value, language, figures.target)
    text = getattr(words(language), limit).format(value=written)
    return Kpi(f"{name}: {text}", kpi.measure, value)


def _values(map: JourneyMap, stage: Stage) -> Mapping[str, float | None]:
    flow, waiting = stage.flow, stage.waiting or Waiting(0, 0, 0, None, None, 0, 0)
    return {
        "conversion": _share(stage.converted, flow.journeys) if map.goals else None,
        "onward_time": stage.median_s,
        "friction": stage.friction,
        "drop_off": _share(flow.dropped_off, flow.journeys),
        "emotion": stage.emotion.mean if stage.emotion else None,
        "wait": waiting.median_wait_s,
        "abandonment": _share(waiting.abandoned, waiting.contacts),
        "repeat_contact": _share(waiting.journeys_again, waiting.journeys),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _written(
    measure: str, value: float, language: Language, share: Callable[[float, Language], str]
) -> str:
    if measure in kpis.TIMES:
        return figures.duration(value, language)
    return (figures.signed if measure == "emotion" else share)(value, language)


def _target(kpi: Kpi, value: float | None, language: Language) -> Target:
    if value is None or kpi.target is None:
        return Target(kpi.text, "", False)
    more = kpi.measure in kpis.MORE_IS_BETTER
    is_met = value >= kpi.target if more else value <= kpi.target
    return Target(kpi.text, words(language).met if is_met else words(language).missed, is_met)
