"""Reads a journey map through named queries; whoever calls brings the warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from cjm_tracker.errors import ConfigError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.map.model import (
    Comment,
    Emotion,
    Flow,
    JourneyMap,
    Period,
    Stage,
    Totals,
    Touchpoint,
    Transition,
    Waiting,
)
from cjm_tracker.map.words import words
from cjm_tracker.mapping import Language, Mapping

Row = dict[str, Any]
Query = Callable[[str, dict[str, Any]], list[Row]]
Label = Callable[[str], str]


def read_map(query: Query, mapping: Mapping, language: Language, *, definition: str) -> JourneyMap:
    """The map of one journey definition.

    `query` runs `sql/queries/NAME.sql` with the parameters given and returns its rows as dicts.
    """
    own = _definition(mapping, definition)

    def ask(name: str) -> list[Row]:
        return query(f"map_{name}", {"definition": definition})

    def label(name: str) -> str:
        return _capitalised(mapping.label(name, language))

    total = ask("totals")[0]
    return JourneyMap(
        title=label(definition) if definition in mapping.labels else words(language).title,
        language=language,
        definition=definition,
        period=Period(total["first_at"], total["last_at"]) if total["journeys"] else None,
        totals=Totals(**{name: total[name] for name in Totals.__slots__}),
        stages=_stages(ask, own, label),
        goals=tuple(label(goal) for goal in own.goals),
    )


def _definition(mapping: Mapping, name: str) -> JourneyDefinition:
    found = mapping.definition(name)
    if found is None:
        known = ", ".join(one.name for one in mapping.definitions)
        raise ConfigError(f"journey definition '{name}' is not in the mapping; it has {known}")
    return found


def _stages(
    ask: Callable[[str], list[Row]], own: JourneyDefinition, label: Label
) -> tuple[Stage, ...]:
    # Before the first stitch the warehouse knows no stages, but the definition does.
    rows = ask("stages") or [
        {"stage_no": number, "stage": name} for number, name in enumerate(own.stages, 1)
    ]
    places = {row["stage_no"]: place for place, row in enumerate(rows)}
    touchpoints = _by_stage(ask("touchpoints"))
    comments = _by_stage(ask("comments"))
    transitions = _by_stage(ask("transitions"))
    emotions = {row["stage_no"]: _emotion(row) for row in ask("emotion")}
    waits = {row["stage_no"]: _waiting(row) for row in ask("waiting")}
    return tuple(
        Stage(
            key=row["stage"],
            name=label(row["stage"]),
            flow=Flow(**{name: row.get(name, 0) for name in Flow.__slots__}),
            touchpoints=tuple(
                _touchpoint(found, label, own.goals) for found in touchpoints[number]
            ),
            emotion=emotions.get(number),
            comments=tuple(_comment(found, label) for found in comments[number]),
            comment_count=comments[number][0]["comments"] if comments[number] else 0,
            waiting=waits.get(number),
            transitions=_transitions(transitions[number], places, label),
        )
        for row in rows
        for number in [row["stage_no"]]
    )


def _by_stage(rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["stage_no"]].append(row)
    return grouped


def _touchpoint(row: Row, label: Label, goals: list[str]) -> Touchpoint:
    return Touchpoint(
        name=label(row["touchpoint"]),
        channel=row["channel"],
        channel_name=label(row["channel"]),
        times=row["times"],
        journeys=row["journeys"],
        journeys_again=row["journeys_again"],
        is_goal=row["touchpoint"] in goals,
    )


def _emotion(row: Row) -> Emotion:
    return Emotion(row["answers"], row["mean"], _known(row["deviation"]))


def _comment(row: Row, label: Label) -> Comment:
    return Comment(
        text=row["comment"].strip(),
        touchpoint=label(row["touchpoint"]),
        occurred_at=row["occurred_at"],
        metric=row["metric"],
        score=row["score"],
        emotion=row["emotion"],
        language=row["language"],
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        contacts=row["contacts"],
        abandoned=row["abandoned"],
        waited=row["waited"],
        median_wait_s=_known(row["median_wait_s"]),
        p90_wait_s=_known(row["p90_wait_s"]),
        journeys=row["journeys"],
        journeys_again=row["journeys_again"],
    )


def _transitions(rows: list[Row], places: dict[int, int], label: Label) -> tuple[Transition, ...]:
    """One transition a stage gone to; rows come one a touchpoint, the most frequent first."""
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["to_stage_no"]].append(row)
    found = [
        Transition(
            to=places[number],
            times=sum(row["times"] for row in entries),
            touchpoint=label(entries[0]["to_touchpoint"]),
            touchpoint_times=entries[0]["times"],
            is_back=number < entries[0]["stage_no"],
        )
        for number, entries in grouped.items()
        if number in places
    ]
    return tuple(sorted(found, key=lambda transition: -transition.times))


def _known(value: float | None) -> float | None:
    """ClickHouse says NaN where there is nothing to compute from."""
    return value if value is not None and isfinite(value) else None


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
