"""The map as CSV, a row for each stage and lane, for spreadsheets and whiteboards.

`cjm_tracker.drift` reads it back as a drawn map: so the touchpoints, which it draws one by one,
stand there as its entries, and by a label only where that tells which touchpoint is meant.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from cjm_tracker.drift import by_label, entry, quoted
from cjm_tracker.map.cells import lanes
from cjm_tracker.map.model import JourneyMap, Move, Stage, Touchpoint
from cjm_tracker.map.words import words

Labels = Mapping[str, Mapping[Any, str]]
# Of a touchpoint's contacts, those that go back or come again, to be drawn as a loop.
LOOP = 0.1


def sheet(map: JourneyMap, labels: Labels) -> str:
    """Stage, lane, whether it is measured, and text; with the mark by which Excel knows UTF-8."""
    told, said = io.StringIO(newline=""), words(map.language)
    writer = csv.writer(told, lineterminator="\r\n")
    writer.writerow(("stage", "lane", "kind", "text"))
    drawn = _drawn(map, labels)
    for place, stage in enumerate(map.stages):
        for lane in lanes(map):
            lines = drawn[place] if lane.key == "touchpoints" else lane.cells[place]
            kind = said.curated if lane.is_curated else said.measured
            name = _readable(stage.key, stage.name, by_label(labels))
            writer.writerow((name, getattr(said, lane.key), kind, quoted("\n".join(lines))))
    return "\ufeff" + told.getvalue()


def _readable(key: str, name: str, named: Callable[[str], str]) -> str:
    return name if named(name) == key else key


def _drawn(map: JourneyMap, labels: Labels) -> list[list[str]]:
    """The entries of each stage: every touchpoint once, in the stage and channel it is most met."""
    named = by_label(labels)
    most: dict[str, tuple[int, Touchpoint]] = {}
    for place, stage in enumerate(map.stages):
        for one in stage.touchpoints:
            if one.key not in most or most[one.key][1].times < one.times:
                most[one.key] = (place, one)
    names = {key: _readable(key, one.name, named) for key, (_, one) in most.items()}
    order = _order(map.moves)
    return [
        [
            entry(
                names[one.key],
                _readable(one.channel, one.channel_name, named),
                one.mean,
                names.get(_loop(one, stage, place, map.moves, order), ""),
            )
            for one in sorted(stage.touchpoints, key=lambda one: (-order[one.key], one.key))
            if most[one.key] == (place, one)
        ]
        for place, stage in enumerate(map.stages)
    ]


def _order(moves: tuple[Move, ...]) -> Counter[str]:
    """Within a stage what is left more often than come to from there stands first."""
    order: Counter[str] = Counter()
    for move in moves:
        if move.place == move.to_place:
            order[move.touchpoint] += move.times
            order[move.to_touchpoint] -= move.times
    return order


def _loop(
    one: Touchpoint, stage: Stage, place: int, moves: tuple[Move, ...], order: Counter[str]
) -> str:
    """Where journeys go back to from here most, if they often do; itself where it is repeated."""
    contacts = sum(other.times for other in stage.touchpoints if other.key == one.key)
    for move in moves:  # the most frequent first
        if (move.place, move.touchpoint) != (place, one.key) or move.times < LOOP * contacts:
            continue
        here, there = (move.place, -order[one.key]), (move.to_place, -order[move.to_touchpoint])
        if there < here or move.to_touchpoint == one.key:
            return move.to_touchpoint
    return ""
