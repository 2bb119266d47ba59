"""The ways between touchpoints: boxes by stage, bands onwards, arrows back and round.

A Sankey diagram cannot show a cycle, and journeys are full of them. Here only what goes to a later
stage is a band, as wide as its boxes are high for the same count; what stays in its stage bulges
beside the boxes, and what goes back runs below them, both as arrows.

No text lies over another: names have a width and the room above their boxes to themselves, figures
of arrows stand in what is left between the names, those of ways back in lanes of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from cjm_tracker.map import figures, geometry
from cjm_tracker.map.lettering import shortened, text_width, wrapped
from cjm_tracker.map.model import Move, Stage
from cjm_tracker.map.words import words
from cjm_tracker.mapping import Language

# Boxes a stage, the last one for all others together; and how many ways of each kind.
SHOWN, ONWARDS, ROUND, BACK = 6, 40, 5, 8
# The highest column's boxes together; what a box's name takes above it, with each line more, and
# what lies between two; a box's width.
FIELD, LABEL, LINE, GAP, BOX = 260.0, 17.0, 14.6, 9.0, 12.0
# Left of the boxes, for the ways back that arrive; how far these lie apart; the upper edge.
INDENT, LANE, TOP = 34.0, 15.0, 6.0
ASIDE = 3.7
# Sizes of letters, and how many lines a name may have. Right of names is room for ways back.
NAME, FIGURE, LINES = 12.5, 11.0, 3
WIDEST = geometry.COLUMN - INDENT - 32.0
# A figure's edges above and below its baseline; how far it keeps from its line, and from others.
ABOVE, BELOW, BESIDE, APART = 10.3, 2.7, 3.0, 7.0
# Rarer than this, of the most frequent one in the column, a way round is not drawn.
LEAST = 0.12

Kind = Literal["onward", "round", "back"]
Place = tuple[int, str]  # stage, and touchpoint; empty for the others


@dataclass(frozen=True, slots=True)
class Box:
    """A touchpoint in its stage, or `folded` others together.

    `lines` is the name as there is room for it, the last one followed by the `figure`.
    """

    place: int
    key: str
    name: str
    lines: tuple[str, ...]
    figure: str
    times: int
    folded: int
    x: float
    y: float
    height: float

    def baseline(self, line: int) -> float:
        """The y of a line of the name."""
        return self.y - 4 - (len(self.lines) - 1 - line) * LINE


@dataclass(frozen=True, slots=True)
class Band:
    """A way from one box to another, or to itself. `width` is 0 where the path is an outline."""

    kind: Kind
    path: str
    width: float
    origin: Box
    goal: Box
    times: int
    figure: str = ""  # at x and y; a band without one is told by its boxes
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Flows:
    """The drawing. `shown` of `moves` are drawn: rare ones would only be noise."""

    width: float
    height: float
    boxes: Sequence[Box]
    bands: Sequence[Band]
    shown: int
    moves: int


def flows(stages: Sequence[Stage], moves: Sequence[Move], language: Language) -> Flows:
    """Boxes and ways of these stages, with figures as readers of that language write them."""
    met = [_met(stage) for stage in stages]
    kept = [_kept(counts) for counts in met]
    boxes = _boxes(stages, met, kept, language)
    ways: Counter[tuple[Place, Place]] = Counter()
    for move in moves:
        one = _folded(move.place, move.touchpoint, kept)
        other = _folded(move.to_place, move.to_touchpoint, kept)
        ways[one, other] += move.times
    bottom = max((box.y + box.height for box in boxes.values()), default=0.0) + GAP
    bands = [
        *_onward(ways, boxes, _scale(met)),
        *_round(ways, boxes, language),
        *(back := _back(ways, boxes, bottom, language)),
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
    stages: Sequence[Stage],
    met: Sequence[Counter[str]],
    kept: Sequence[frozenset[str]],
    language: Language,
) -> dict[Place, Box]:
    """The most frequent ones on top, the others together below them."""
    scale, boxes = _scale(met), {}
    for place, stage in enumerate(stages):
        names = {touchpoint.key: touchpoint.name for touchpoint in stage.touchpoints}
        counts = Counter({key: times for key, times in met[place].items() if key in kept[place]})
        rest, folded = met[place].total() - counts.total(), len(met[place]) - len(counts)
        others = words(language).others.format(count=figures.number(folded, language))
        y = TOP
        for key, times in [*counts.most_common(), *([("", rest)] if rest else [])]:
            name, figure = names[key] if key else others, figures.number(times, language)
            lines = _lines(name, figure)
            box = Box(
                place,
                key,
                name,
                lines,
                figure,
                times,
                0 if key else folded,
                geometry.start(place) + INDENT,
                y + LABEL + (len(lines) - 1) * LINE,
                max(3.0, times * scale),
            )
            boxes[place, key] = box
            y = box.y + box.height + GAP
    return boxes


def _lines(name: str, figure: str) -> tuple[str, ...]:
    """The name in few lines, of which the last one leaves room for the figure."""
    lines = wrapped(f"{name} {figure}", WIDEST, NAME)
    if len(lines) <= LINES:
        return (*lines[:-1], lines[-1].removesuffix(figure).rstrip())
    lines = wrapped(name, WIDEST, NAME)
    rest, room = " ".join(lines[LINES - 1 :]), WIDEST - text_width(f" {figure}", NAME)
    return (*lines[: LINES - 1], shortened(rest, room, NAME))


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
        bands.append(Band("onward", path, 0.0, one, other, times))
    return bands


def _round(
    ways: Mapping[tuple[Place, Place], int], boxes: Mapping[Place, Box], language: Language
) -> list[Band]:
    """Beside the boxes, one around the other, those of near neighbours inside."""
    chosen = _chosen(ways, boxes, "round")
    most = chosen[0][2] if chosen else 0
    bands = []
    for place in sorted({one.place for one, _, _ in chosen}):
        here = [way for way in chosen if way[0].place == place]
        here = [way for way in here[:ROUND] if way[2] >= LEAST * here[0][2]]
        here.sort(key=lambda way: abs(way[0].y - way[1].y))
        rows = [*_rows(box for box in boxes.values() if box.place == place)]
        taken: list[Figure] = []
        for nth, (one, other, times) in enumerate(here):
            width = geometry.stroke(times, most, thick=12.0)
            bulge = _bulge(one, other, 34.0 + 24 * nth)
            figure = figures.number(times, language)
            at = _figure(bulge, width / 2 + BESIDE, text_width(figure, FIGURE), rows, taken)
            taken.append(at)
            x, y, _ = at
            bands.append(Band("round", bulge.path, width, one, other, times, figure, x, y))
    return bands


def _bulge(one: Box, other: Box, reach: float) -> geometry.Bulge:
    high, low = one.y + one.height / 2, other.y + other.height / 2
    if one is not other:
        return geometry.Bulge(one.x + BOX, high, low, reach)
    # A low box's way to itself opens as it leaves: it would be a mere stroke.
    spread = one.height / 4
    return geometry.Bulge(one.x + BOX, high - spread, low + spread, reach, max(0.0, 16.0 - spread))


Figure = tuple[float, float, float]  # x, y of its baseline, width


def _rows(boxes: Iterator[Box]) -> Iterator[float]:
    """Baselines where a figure may stand: between a box's name and that of the next box."""
    for box in boxes:
        first, last = box.y - 1 + ABOVE, box.y + box.height + GAP - BELOW + 1
        steps = int((last - first) / (ABOVE + BELOW) * 2)
        yield from (first + step * (ABOVE + BELOW) / 2 for step in range(steps + 1))


def _figure(
    line: geometry.Bulge, aside: float, width: float, rows: Sequence[float], taken: Sequence[Figure]
) -> Figure:
    """The free place nearest to the middle of the line, beside it."""
    middle = (line.start + line.end) / 2
    right = line.x - INDENT - BOX + geometry.COLUMN - width
    free = []
    for y in rows:
        beside = min(line.at(y - 4) + aside, right)
        # From where to where it would come too near to another one.
        near = [
            (x - APART - width, x + wide + APART)
            for x, at, wide in taken
            if abs(at - y) < ABOVE + BELOW
        ]
        free += [
            (abs(y - 4 - middle) + 2 * abs(x - beside), x, y)
            for x in (beside, *chain(*near))
            if line.x <= x <= right and not any(left < x < end for left, end in near)
        ]
    _, x, y = min(free, default=(0.0, right, rows[-1]))
    return x, y, width


def _back(
    ways: Mapping[tuple[Place, Place], int],
    boxes: Mapping[Place, Box],
    bottom: float,
    language: Language,
) -> list[Band]:
    """Below all boxes, each in a lane of its own, the longest way lowest and outside of all."""
    chosen = _chosen(ways, boxes, "back")[:BACK]
    most = chosen[0][2] if chosen else 0
    chosen.sort(key=lambda way: (way[0].place - way[1].place, way[0].place, -way[1].y, -way[0].y))
    leave, arrive = Counter(one.place for one, _, _ in chosen), Counter[int]()
    bands = []
    for lane, (one, other, times) in enumerate(chosen):
        y = bottom + (lane + 1) * LANE
        leave[one.place] -= 1
        right = geometry.start(one.place + 1) - 4 - leave[one.place] * ASIDE
        left = other.x - 8 - arrive[other.place] * ASIDE
        arrive[other.place] += 1
        start = (one.x + BOX, one.y + one.height - min(2.0, one.height / 2))
        end = (other.x, other.y + other.height - min(2.0, other.height / 2))
        path = geometry.underpass(start, right, y, left, end)
        width = geometry.stroke(times, most, thick=3.4)
        # In the middle of a column no other way goes down or up.
        x, figure = geometry.centre((one.place + other.place) // 2), figures.number(times, language)
        bands.append(Band("back", path, width, one, other, times, figure, x, y + 4))
    return bands
