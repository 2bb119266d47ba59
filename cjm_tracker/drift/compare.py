"""What a drawn map leaves out, adds, or has elsewhere than the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cjm_tracker.drift.drawn import Drawn

Row = Mapping[str, Any]
Feeling = Literal["as drawn", "otherwise", "cannot tell"]


class Undrawn(NamedTuple):
    """A touchpoint that journeys visit and nobody drew."""

    touchpoint: str
    stage: str
    journeys: int
    share: float


class Elsewhere(NamedTuple):
    """A touchpoint in other stages, or on other channels, than it is drawn."""

    touchpoint: str
    drawn: str
    measured: list[str]
    steps: int
    share: float  # of the touchpoint's steps; of channels only whether it is met there, 0 or 1


class Loop(NamedTuple):
    """A way back between drawn touchpoints, or a repetition, that is not drawn."""

    touchpoint: str
    back_to: str
    transitions: int
    share: float  # of all transitions between drawn touchpoints


class Felt(NamedTuple):
    """An emotion as drawn and as measured, with the ends of its interval."""

    touchpoint: str
    drawn: float
    n: int
    measured: float | None
    low: float | None
    high: float | None
    verdict: Feeling


@dataclass(frozen=True, slots=True)
class Drift:
    """All that differs. A part of the score is None where there is nothing to tell it by.

    covered: steps at drawn touchpoints in their drawn stage / steps. alive: drawn touchpoints that
    are visited / drawn. straight: transitions that the map shows / transitions between drawn
    touchpoints. felt: emotions as drawn / emotions that can be told. score: their mean.
    """

    undrawn: list[Undrawn]
    unvisited: list[str]
    other_stage: list[Elsewhere]
    other_channel: list[Elsewhere]
    loops: list[Loop]
    feelings: list[Felt]
    covered: float | None
    alive: float | None
    straight: float | None
    felt: float | None

    @property
    def score(self) -> float | None:
        parts = (self.covered, self.alive, self.straight, self.felt)
        told = [part for part in parts if part is not None]
        return sum(told) / len(told) if self.covered is not None else None


def drift(drawn: Sequence[Drawn], touchpoints: Sequence[Row], transitions: Iterable[Row]) -> Drift:
    """The map against the rows of the measures `touchpoints` and `transitions` (repeats kept)."""
    of = {one.touchpoint: [] for one in drawn}  # type: dict[str, list[Row]]
    for row in touchpoints:
        of.setdefault(row["touchpoint"], []).append(row)
    steps = sum(row["steps"] for row in touchpoints)
    placed = sum(
        row["steps"] for one in drawn for row in of[one.touchpoint] if row["stage"] == one.stage
    )
    known = {one.touchpoint for one in drawn}
    among = [row for row in transitions if {row["from"], row["to"]} <= known]
    passed = sum(row["transitions"] for row in among)
    loops = list(_loops(drawn, among, passed))
    visited = [one for one in drawn if of[one.touchpoint]]
    feelings = [_felt(one, of[one.touchpoint]) for one in drawn if one.emotion]
    told = [one for one in feelings if one.verdict != "cannot tell"]
    return Drift(
        undrawn=[
            Undrawn(row["touchpoint"], row["stage"], row["journeys"], row["share"])
            for row in sorted(touchpoints, key=lambda row: (-row["journeys"], row["touchpoint"]))
            if row["touchpoint"] not in known
        ],
        unvisited=[one.touchpoint for one in drawn if not of[one.touchpoint]],
        other_stage=[
            Elsewhere(
                one.touchpoint,
                one.stage,
                sorted({row["stage"] for row in away}),
                *_part(away, of[one.touchpoint]),
            )
            for one in visited
            if (away := [row for row in of[one.touchpoint] if row["stage"] != one.stage])
        ],
        other_channel=[
            Elsewhere(
                one.touchpoint, one.channel, met, *_part(of[one.touchpoint], of[one.touchpoint])
            )
            for one in visited
            if one.channel
            and one.channel
            not in (met := sorted({name for row in of[one.touchpoint] for name in row["channels"]}))
        ],
        loops=loops,
        feelings=feelings,
        covered=_share(placed, steps),
        alive=_share(len(visited), len(drawn)) if steps else None,
        straight=_share(passed - sum(loop.transitions for loop in loops), passed),
        felt=_share(sum(one.verdict == "as drawn" for one in told), len(told)),
    )


def _loops(drawn: Sequence[Drawn], among: Iterable[Row], passed: int) -> Iterable[Loop]:
    place = {one.touchpoint: number for number, one in enumerate(drawn)}
    shown = {(one.touchpoint, one.loop_to) for one in drawn if one.loop_to}
    back = [
        row
        for row in among
        if place[row["to"]] <= place[row["from"]] and (row["from"], row["to"]) not in shown
    ]
    for row in sorted(back, key=lambda row: (-row["transitions"], row["from"], row["to"])):
        yield Loop(row["from"], row["to"], row["transitions"], row["transitions"] / passed)


def _felt(one: Drawn, rows: Sequence[Row]) -> Felt:
    """The drawn sign beside the interval: one that holds 0 cannot tell."""
    assert one.emotion
    known = [row for row in rows if row["stage"] == one.stage and row["n"]]
    if not known:
        return Felt(one.touchpoint, one.emotion, 0, None, None, None, "cannot tell")
    (row,) = known
    low, high = row["emotion_low"], row["emotion_high"]
    sign = 1 if low > 0 else -1 if high < 0 else 0
    verdict: Feeling = (
        "cannot tell" if not sign else "as drawn" if sign * one.emotion > 0 else "otherwise"
    )
    return Felt(one.touchpoint, one.emotion, row["n"], row["emotion"], low, high, verdict)


def _part(some: Sequence[Row], all_: Sequence[Row]) -> tuple[int, float]:
    steps = sum(row["steps"] for row in some)
    return steps, steps / sum(row["steps"] for row in all_)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
