"""Reads a journey map through queries and measures; whoever calls brings the warehouse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import isfinite
from typing import Any

from cjm_tracker.errors import ConfigError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.map.key_figures import told
from cjm_tracker.map.model import (
    Comment,
    Curated,
    Emotion,
    Flow,
    JourneyMap,
    Move,
    Pain,
    Period,
    Stage,
    Totals,
    Touchpoint,
    Transition,
    Waiting,
    Way,
)
from cjm_tracker.map.words import words
from cjm_tracker.mapping import Language, Mapping

Row = dict[str, Any]
Lane = Callable[[str], list[Row]]
Measure = Callable[[str, dict[str, str]], list[Row]]
Label = Callable[[str], str]
Behind = defaultdict[tuple[str, str], tuple[list[tuple[str, int]], ...]]
# Shown behind a touchpoint.
NEIGHBOURS = 5


def read_map(
    lane: Lane,
    measure: Measure,
    mapping: Mapping,
    language: Language,
    *,
    definition: str,
    conditions: tuple[str, ...] = (),
) -> JourneyMap:
    """The map of one journey definition.

    `lane` runs `sql/map/NAME.sql`, `measure` answers a measure by name with its parameters; both
    over the same journeys, which `conditions` says in words, and with rows as dicts.
    """
    own = _definition(mapping, definition)

    def label(name: str) -> str:
        return capitalised(mapping.label(name, language))

    total = lane("totals")[0]
    # Before the first stitch the warehouse knows no stages, but the definition does.
    rows = lane("stages") or [{"stage": name} for name in own.stages]
    places = {row["stage"]: place for place, row in enumerate(rows)}
    flows = [row for row in lane("flows") if {row["stage"], row["to_stage"]} <= places.keys()]
    stages = _stages(rows, places, flows, lane, measure, own, label)
    return JourneyMap(
        title=label(definition) if definition in mapping.labels else words(language).title,
        language=language,
        definition=definition,
        period=Period(total["first_at"], total["last_at"]) if total["journeys"] else None,
        totals=Totals(**{name: total[name] for name in Totals.__slots__}),
        stages=tuple(_curated(stage, mapping, language, label) for stage in stages),
        goals=tuple(label(goal) for goal in own.goals),
        moves=tuple(_move(row, places) for row in flows),
        conditions=conditions,
    )


def _curated(stage: Stage, mapping: Mapping, language: Language, label: Label) -> Stage:
    """With what the mapping says of it."""
    kpis = tuple(told(kpi, label(kpi.name), language) for kpi in mapping.kpis.get(stage.key, ()))
    wanted = "\n".join(kpi.text for kpi in kpis)
    return replace(stage, kpis=kpis, curated=Curated(mapping.owners.get(stage.key, ""), wanted))


def _definition(mapping: Mapping, name: str) -> JourneyDefinition:
    found = mapping.definition(name)
    if found is None:
        known = ", ".join(one.name for one in mapping.definitions)
        raise ConfigError(f"journey definition '{name}' is not in the mapping; it has {known}")
    return found


def _stages(
    rows: list[Row],
    places: dict[str, int],
    flows: list[Row],
    lane: Lane,
    measure: Measure,
    own: JourneyDefinition,
    label: Label,
) -> tuple[Stage, ...]:
    touchpoints = _by_stage(lane("touchpoints"))
    behind = _behind(flows, lane("customers"), label)
    comments = _by_stage(lane("comments"))
    transitions = _by_stage(row for row in flows if row["stage"] != row["to_stage"])
    ways = _by_stage(lane("actions"))
    pains = _by_stage(measure("opportunities", {"limit": "1000"}))
    felt = {row["name"]: row for row in measure("emotion", {"of": "stage"})}
    waits = {row["stage"]: _waiting(row) for row in lane("waiting")}
    return tuple(
        Stage(
            key=name,
            name=label(name),
            flow=Flow(**{part: row.get(part, 0) for part in Flow.__slots__}),
            touchpoints=tuple(
                _touchpoint(found, label, own.goals, behind) for found in touchpoints[name]
            ),
            emotion=_emotion(felt.get(name)),
            comments=tuple(_comment(found, label) for found in comments[name]),
            comment_count=comments[name][0]["comments"] if comments[name] else 0,
            waiting=waits.get(name),
            transitions=_transitions(transitions[name], places, label),
            ways=tuple(
                Way(tuple(map(label, found["way"])), found["journeys"]) for found in ways[name]
            ),
            pains=_pains(pains[name], label),
            converted=row.get("converted", 0),
            median_s=row.get("median_s"),
            friction=_known(felt.get(name, {}).get("friction")),
        )
        for row in rows
        for name in [row["stage"]]
    )


def _by_stage(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["stage"]].append(row)
    return grouped


def _behind(flows: list[Row], customers: list[Row], label: Label) -> Behind:
    """Of each stage and touchpoint: who met it most, what came before it, and after it."""
    found: Behind = defaultdict(lambda: ([], [], []))
    for row in customers:
        found[row["stage"], row["touchpoint"]][0].append((row["customer_id"], row["times"]))
    for row in flows:  # the most frequent first
        here, there = (row["stage"], row["touchpoint"]), (row["to_stage"], row["to_touchpoint"])
        for own, place, other in ((there, 1, here), (here, 2, there)):
            if len(found[own][place]) < NEIGHBOURS:
                found[own][place].append((label(other[1]), row["times"]))
    return found


def _touchpoint(row: Row, label: Label, goals: list[str], behind: Behind) -> Touchpoint:
    often, before, after = behind[row["stage"], row["touchpoint"]]
    return Touchpoint(
        key=row["touchpoint"],
        name=label(row["touchpoint"]),
        channel=row["channel"],
        channel_name=label(row["channel"]),
        times=row["times"],
        journeys=row["journeys"],
        journeys_again=row["journeys_again"],
        is_goal=row["touchpoint"] in goals,
        customers=row["customers"],
        answers=row["answers"],
        mean=row["mean"],
        often=tuple(often),
        before=tuple(before),
        after=tuple(after),
    )


def _move(row: Row, places: dict[str, int]) -> Move:
    return Move(
        places[row["stage"]],
        row["touchpoint"],
        places[row["to_stage"]],
        row["to_touchpoint"],
        row["times"],
    )


def _pains(rows: list[Row], label: Label) -> tuple[Pain, ...]:
    found = [
        Pain(
            touchpoint=label(row["touchpoint"]),
            kind=row["kind"],
            customers=row["customers"],
            rate=row["rate"],
            other_rate=row["other_rate"],
            severity=row["severity"],
            low=row["severity_low"],
            high=row["severity_high"],
            worth=row["opportunity"],
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda pain: -pain.customers * pain.severity))


def _emotion(row: Row | None) -> Emotion | None:
    if not row or not row["n"]:
        return None
    low, high = row["low"], row["high"]
    return Emotion(row["n"], row["mean"], None if low is None else (low, high))


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


def _transitions(rows: list[Row], places: dict[str, int], label: Label) -> tuple[Transition, ...]:
    """One transition a stage gone to, with the touchpoint most of them came in by."""
    entries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        entries[row["to_stage"]][row["to_touchpoint"]] += row["times"]
    found = [
        Transition(
            to=places[stage],
            times=counts.total(),
            touchpoint=label(touchpoint),
            touchpoint_times=times,
            is_back=places[stage] < places[rows[0]["stage"]],
        )
        for stage, counts in entries.items()
        for touchpoint, times in counts.most_common(1)
    ]
    return tuple(sorted(found, key=lambda transition: -transition.times))


def _known(value: float | None) -> float | None:
    """ClickHouse says NaN where there is nothing to compute from."""
    return value if value is not None and isfinite(value) else None


def capitalised(text: str) -> str:
    """As a heading begins."""
    return text[:1].upper() + text[1:]
