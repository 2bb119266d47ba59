"""The ways between touchpoints: boxes by stage, bands onwards, arrows back and round.

A Sankey diagram cannot show a cycle, and journeys are full of them. Here only what goes to a later
stage is a band, as wide as its boxes are high for the same count; what stays in its stage bulges
beside the boxes, and what goes back runs below them, both as arrows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cjm_tracker.map import geometry
from cjm_tracker.map.model import Move, Stage

# Boxes a stage, the last one for all others together; and how many ways of each kind.
SHOWN, ONWARDS, ROUND, BACK = 6, 40, 5, 8
# The highest column's boxes together; what stands above a box and between two; a box's width.
FIELD, LABEL, GAP, BOX = 260.0, 17.0, 9.0, 12.0
# Left of the boxes, for the ways back that arrive; how far these lie apart; the upper edge.
INDENT, LANE, TOP = 34.0, 15.0, 6.0
ASIDE = 3.5
# Rarer than this, of the most frequent one in the column, a way round is not drawn.
LEAST = 0.12

Kind = Literal["onward", "round", "back"]
Place = tuple[int, str]  # stage, and touchpoint; empty for the others


@dataclass(frozen=True, slots=True)
class Box:
    """A touchpoint in its stage, or `folded` others together."""

    place: int
    key: str
    name: str
    times: int
    folded: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """A way from one box to another, or to itself. `width` is 0 where the path is an outline."""

    kind: Kind
    path: str
    width: float
    origin: Box
    goal: Box
    times: int
    x: float  # where its figure stands
    y: float


@dataclass(frozen=True, slots=True)
class Flows:
    """The drawing. `shown` of `moves` are drawn: rare ones would only be noise."""

    width: float
    height: float
    boxes: Sequence[Box]
    bands: Sequence[Band]
    shown: int
    moves: int


def flows(stages: Sequence[Stage], moves: Sequence[Move]) -> Flows:
    """Boxes and ways of these stages."""
    met = [_met(stage) for stage in stages]
    kept = [_kept(counts) for counts in met]
    boxes = _boxes(stages, met, kept)
    ways: Counter[tuple[Place, Place]] = Counter()
    for move in moves:
        one = _folded(move.place, move.touchpoint, kept)
        other = _folded(move.to_place, move.to_touchpoint, kept)
        ways[one, other] += move.times
    bottom = max((box.y + box.height for box in boxes.values()), default=0.0) + GAP
    bands = [
        *_onward(ways, boxes, _scale(met)),
        *_round(ways, boxes),
        *(back := _back(ways, boxes, bottom)),
    ]
    return Flows(
        width=len(stages) * geometry.COLUMN,
        height=bottom + (len(back) + 1) * LANE,
        boxes=[*boxes.values()],
        bands=bands,
        shown=sum(band.times for band in bands),
        moves=ways.total(),
    )


def _met(stage: Stage) -> Counter[str]:
    met: Counter[str] = Counter()
    for touchpoint in stage.touchpoints:
        met[touchpoint.key] += touchpoint.times
    return met


def _kept(met: Counter[str]) -> frozenset[str]:
    """One is never folded away alone: it would take the same room."""
    most = sorted(met, key=lambda key: (-met[key], key))
    return frozenset(most if len(most) <= SHOWN + 1 else most[:SHOWN])


def _folded(place: int, key: str, kept: Sequence[frozenset[str]]) -> Place:
    return place, key if key in kept[place] else ""


def _scale(met: Sequence[Counter[str]]) -> float:
    """Units of height a contact."""
    return FIELD / max((counts.total() for counts in met), default=1) if any(met) else 1.0


def _boxes(
    stages: Sequence[Stage], met: Sequence[Counter[str]], kept: Sequence[frozenset[str]]
) -> dict[Place, Box]:
    """The most frequent ones on top, the others together below them."""
    scale, boxes = _scale(met), {}
    for place, stage in enumerate(stages):
        names = {touchpoint.key: touchpoint.name for touchpoint in stage.touchpoints}
        counts = Counter({key: times for key, times in met[place].items() if key in kept[place]})
        rest = met[place].total() - counts.total()
        y = TOP
        for key, times in [*counts.most_common(), *([("", rest)] if rest else [])]:
            box = Box(
                place,
                key,
                names.get(key, ""),
                times,
                0 if key else len(met[place]) - len(counts),
                geometry.start(place) + INDENT,
                y + LABEL,
                max(3.0, times * scale),
            )
            boxes[place, key] = box
            y = box.y + box.height + GAP
    return boxes


def _chosen(
    ways: Mapping[tuple[Place, Place], int], boxes: Mapping[Place, Box], kind: Kind
) -> list[tuple[Box, Box, int]]:
    """Ways of a kind between boxes, the most frequent first."""
    found = [
        (boxes[one], boxes[other], times)
        for (one, other), times in ways.items()
        if one in boxes and other in boxes and _kind(one, other) == kind
    ]
    return sorted(found, key=lambda way: (-way[2], way[0].x, way[0].y, way[1].x, way[1].y))


def _kind(one: Place, other: Place) -> Kind:
    if one[0] == other[0]:
        return "round"
    return "onward" if one[0] < other[0] else "back"


def _onward(
    ways: Mapping[tuple[Place, Place], int], boxes: Mapping[Place, Box], scale: float
) -> list[Band]:
    """Bands leave and arrive in the order of what they are tied to, so that few of them cross."""
    chosen = _chosen(ways, boxes, "onward")[:ONWARDS]
    leaves: dict[tuple[Box, Box], float] = {}
    arrives: dict[tuple[Box, Box], float] = {}
    taken: Counter[tuple[str, Box]] = Counter()
    for one, other, times in sorted(chosen, key=lambda way: (way[1].x, way[1].y)):
        leaves[one, other] = one.y + taken["out", one] * scale
        taken["out", one] += times
    for one, other, times in sorted(chosen, key=lambda way: (-way[0].x, way[0].y)):
        arrives[one, other] = other.y + taken["in", other] * scale
        taken["in", other] += times
    bands = []
    for one, other, times in chosen:
        left, right = one.x + BOX, other.x
        high, low = leaves[one, other], arrives[one, other]
        path = geometry.band((left, high), (right, low), max(1.0, times * scale))
        middle = ((left + right) / 2, (high + low + times * scale) / 2)
        bands.append(Band("onward", path, 0.0, one, other, times, *middle))
    return bands


def _round(ways: Mapping[tuple[Place, Place], int], boxes: Mapping[Place, Box]) -> list[Band]:
    """Beside the boxes, one around the other, those of near neighbours inside."""
    chosen = _chosen(ways, boxes, "round")
    most = chosen[0][2] if chosen else 0
    bands = []
    for place in sorted({one.place for one, _, _ in chosen}):
        here = [way for way in chosen if way[0].place == place]
        here = [way for way in here[:ROUND] if way[2] >= LEAST * here[0][2]]
        here.sort(key=lambda way: abs(way[0].y - way[1].y))
        for nth, (one, other, times) in enumerate(here):
            high, low = one.y + one.height / 2, other.y + other.height / 2
            if one is other:
                spread = max(5.0, one.height / 4)
                high, low = high - spread, low + spread
            reach = 34.0 + 24 * nth
            path = geometry.bulge(one.x + BOX, high, low, reach)
            width = geometry.stroke(times, most, thick=12.0)
            at = (
                one.x + BOX + reach * 3 / 4 + width / 2 + 3,
                (high + low) / 2 + 4 + 11 * (nth % 3 - 1),
            )
            bands.append(Band("round", path, width, one, other, times, *at))
    return bands


def _back(
    ways: Mapping[tuple[Place, Place], int], boxes: Mapping[Place, Box], bottom: float
) -> list[Band]:
    """Below all boxes, each in a lane of its own, the longest way lowest."""
    chosen = _chosen(ways, boxes, "back")[:BACK]
    most = chosen[0][2] if chosen else 0
    chosen.sort(key=lambda way: (way[0].place - way[1].place, way[0].place))
    bands = []
    for lane, (one, other, times) in enumerate(chosen):
        y = bottom + (lane + 1) * LANE
        left, right = other.x - 8 - lane * ASIDE, geometry.start(one.place + 1) - 4 - lane * ASIDE
        start = (one.x + BOX, one.y + one.height - min(2.0, one.height / 2))
        end = (other.x, other.y + other.height - min(2.0, other.height / 2))
        path = geometry.underpass(start, right, y, left, end)
        width = geometry.stroke(times, most, thick=5.0)
        bands.append(Band("back", path, width, one, other, times, (left + right) / 2, y + 4))
    return bands
