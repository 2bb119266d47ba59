"""One measure of two sets of journeys, side by side: segments, or periods.

The measure is asked twice and its rows are joined by what names them (`keys` of its head). So
everything that can be measured can be compared, by its own definition, and no SQL is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, sqrt
from typing import Any, NamedTuple

from cjm_tracker.measures.measure import OF_JOURNEYS, Measure, Rows

COLUMNS = (
    "figure", "value", "against", "difference", "low", "high", "n", "against_n",
)  # fmt: skip
Z2 = 1.96 * 1.96  # of 95 %, as in sql/measures/common.sql


class Side(NamedTuple):
    """A measure's rows, none of them cut off, and how many journeys were asked."""

    rows: Sequence[Mapping[str, Any]]
    journeys: int


class Known(NamedTuple):
    """A figure and its interval; all NULL where nothing is known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def compared(
    measure: Measure, ours: Side, theirs: Side, limit: int = 0
) -> tuple[tuple[str, ...], Rows]:
    """A row for each key and figure, the greatest difference first, `limit` of a figure at most.

    `difference` is value - against. Its interval, of 95 %, is Newcombe's for shares, and is made
    in the same way where the measure gives an interval of each. It takes the two sides for
    independent: a journey that is on both makes it too wide or too narrow. `n` are the journeys
    of the key.

    A key that one side lacks was met by none of its journeys: 0 of them. All else is a gap there,
    and what neither side knows has no row.
    """
    sides = [{_key(measure, row): row for row in side.rows} for side in (ours, theirs)]
    counted = "journeys" in measure.columns
    answer: Rows = []
    for figure in measure.figures:
        rows: Rows = []
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            both = [found.get(key) for found in sides]
            if figure == OF_JOURNEYS:
                shares = zip(both, (ours, theirs), strict=True)
                one, other = (_share(_journeys(row), side.journeys) for row, side in shares)
            else:
                one, other = (_known(measure, figure, row) for row in both)
            if one.value is None and other.value is None:
                continue
            behind = [_journeys(row) if counted else None for row in both]
            rows.append((*key, figure, *_difference(one, other), *behind))
        place = len(measure.keys) + COLUMNS.index("difference")
        rows.sort(key=lambda row: -1.0 if row[place] is None else abs(row[place]), reverse=True)
        answer += rows[: limit or None]
    return (*measure.keys, *COLUMNS), answer


def _key(measure: Measure, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in measure.keys)


def _journeys(row: Mapping[str, Any] | None) -> int:
    return row["journeys"] if row else 0


def _known(measure: Measure, figure: str, row: Mapping[str, Any] | None) -> Known:
    if row is None:
        return Known()
    return Known(row[figure], *(row[end] for end in measure.compared[figure]))


def _share(x: int, n: int) -> Known:
    """With Wilson's interval; of nobody nothing is known."""
    if not n:
        return Known()
    share = x / n
    margin = sqrt(Z2 * share * (1 - share) / n + (Z2 / (2 * n)) ** 2)
    low, high = ((share + Z2 / (2 * n) + end) / (1 + Z2 / n) for end in (-margin, margin))
    return Known(share, max(0.0, low), min(1.0, high))


def _difference(one: Known, other: Known) -> tuple[float | None, ...]:
    """Both values, their difference, and its interval from those of both (Newcombe)."""
    if one.value is None or other.value is None:
        return one.value, other.value, None, None, None
    difference = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return one.value, other.value, difference, None, None
    down = hypot(one.value - one.low, other.high - other.value)
    up = hypot(one.high - one.value, other.value - other.low)
    return one.value, other.value, difference, difference - down, difference + up
