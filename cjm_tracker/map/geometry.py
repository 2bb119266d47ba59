"""Where things stand in the drawings: pure functions from figures to coordinates.

All drawings that span the stages share one grid: a column is COLUMN units wide and the SVG is
scaled to the table, whose columns are equally wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, sin
from typing import TypeVar

COLUMN = 220.0

T = TypeVar("T")
Point = tuple[float, float]


def start(place: int) -> float:
    """The left edge of a column."""
    return place * COLUMN


def centre(place: int) -> float:
    """The middle of a column."""
    return (place + 0.5) * COLUMN


def height(value: float, top: float, bottom: float) -> float:
    """The y of a value from -1 to +1 between `top` (+1) and `bottom` (-1)."""
    return top + (1 - max(-1.0, min(1.0, value))) / 2 * (bottom - top)


def runs(items: Sequence[T | None]) -> list[list[tuple[int, T]]]:
    """Stretches of neighbours that are there, with their places: a gap ends a stretch."""
    stretches: list[list[tuple[int, T]]] = [[]]
    for place, item in enumerate(items):
        if item is None:
            stretches.append([])
        else:
            stretches[-1].append((place, item))
    return [stretch for stretch in stretches if stretch]


def curve(points: Sequence[Point]) -> str:
    """A smooth path through the points that never rises above or falls below its neighbours.

    Flat tangents at peaks, as in monotone cubic interpolation: a bulge would show a feeling
    nobody had. Empty for fewer than two points.
    """
    if len(points) < 2:
        return ""
    return f"M{_at(points[0])}" + _bends(points)


def ribbon(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """The closed band between two curves."""
    if len(upper) < 2:
        return ""
    back = list(reversed(lower))
    return f"M{_at(upper[0])}{_bends(upper)}L{_at(back[0])}{_bends(back)}Z"


def _bends(points: Sequence[Point]) -> str:
    slopes = _slopes(points)
    parts = []
    for (left, right), (at_left, at_right) in zip(pairwise(points), pairwise(slopes), strict=True):
        third = (right[0] - left[0]) / 3
        first = (left[0] + third, left[1] + at_left * third)
        second = (right[0] - third, right[1] - at_right * third)
        parts.append(f"C{_at(first)} {_at(second)} {_at(right)}")
    return "".join(parts)


def _slopes(points: Sequence[Point]) -> list[float]:
    chords = [(right[1] - left[1]) / (right[0] - left[0]) for left, right in pairwise(points)]
    inner = [
        0.0 if before * after <= 0 else 2 * before * after / (before + after)
        for before, after in pairwise(chords)
    ]
    return [chords[0], *inner, chords[-1]]


def arc(start: int, end: int, base: float, unit: float) -> tuple[str, Point]:
    """A bow from column to column and its summit: above the base forwards, below it backwards."""
    span = end - start
    left, right = centre(start) + _aside(span), centre(end) - _aside(span)
    rise = bow_rise(span, unit)
    peak = base - rise if span > 0 else base + rise
    pull = base + (peak - base) * 4 / 3
    path = f"M{_at((left, base))}C{_at((left, pull))} {_at((right, pull))} {_at((right, base))}"
    return path, ((left + right) / 2, peak)


def bow_rise(span: int, unit: float) -> float:
    """Wider bows rise higher, but ever less, so that the widest still fit the page."""
    return float(unit * abs(span) ** 0.6)


def _aside(span: int) -> float:
    """Bows leave right of the middle and arrive left of it (backwards the other way round)."""
    return 16.0 if span > 0 else -16.0


def band(start: Point, end: Point, width: float) -> str:
    """The outline of a band between two columns, from its upper left to its upper right corner."""
    middle = (start[0] + end[0]) / 2
    (left, high), low = start, end[1]
    return (
        f"M{_at(start)}C{_at((middle, high))} {_at((middle, low))} {_at(end)}v{width:.1f}"
        f"C{_at((middle, low + width))} {_at((middle, high + width))} {_at((left, high + width))}Z"
    )


@dataclass(frozen=True, slots=True)
class Bulge:
    """A line out of a column and back into it; its farthest point is 3/4 of `reach` away.

    `lift` parts its two ends on their way: it leaves rising and comes back from below.
    """

    x: float
    start: float
    end: float
    reach: float
    lift: float = 0.0

    @property
    def path(self) -> str:
        far = self.x + self.reach
        return (
            f"M{_at((self.x, self.start))}C{_at((far, self.start - self.lift))} "
            f"{_at((far, self.end + self.lift))} {_at((self.x, self.end))}"
        )

    def at(self, y: float) -> float:
        """The x of the line at this height, or of its farthest point where that is ambiguous."""
        if self.lift or self.start == self.end:
            return self.x + self.reach * 3 / 4
        part = min(1.0, max(0.0, (y - self.start) / (self.end - self.start)))
        t = 0.5 - sin(asin(1 - 2 * part) / 3)  # where 3t² - 2t³ is that part
        return self.x + 3 * t * (1 - t) * self.reach


def underpass(start: Point, right: float, y: float, left: float, end: Point) -> str:
    """A line to the `right`, down to `y`, back to the `left`, and up into its end."""
    turn = 6.0
    return (
        f"M{_at(start)}H{right - turn:.1f}Q{_at((right, start[1]))} {_at((right, start[1] + turn))}"
        f"V{y - turn:.1f}Q{_at((right, y))} {_at((right - turn, y))}"
        f"H{left + turn:.1f}Q{_at((left, y))} {_at((left, y - turn))}"
        f"V{end[1] + turn:.1f}Q{_at((left, end[1]))} {_at((left + turn, end[1]))}H{end[0]:.1f}"
    )


def shares(parts: Sequence[int]) -> list[tuple[float, float]]:
    """(start, width) of each part of a bar in percent; all zero for an empty bar."""
    whole = sum(parts)
    starts = [sum(parts[:place]) for place in range(len(parts))]
    return [
        (100 * start / whole, 100 * part / whole) if whole else (0.0, 0.0)
        for start, part in zip(starts, parts, strict=True)
    ]


def stroke(times: int, most: int, thin: float = 1.5, thick: float = 14.0) -> float:
    """Width of a line that stands for a count."""
    return thin + (thick - thin) * times / most if most else thin


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
