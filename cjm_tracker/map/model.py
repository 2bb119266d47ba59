"""What a journey map says, as plain data: no SQL above it, no HTML below it.

Names are already in the reader's language. Where nothing was measured a field is None; a zero
is a measured zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from cjm_tracker.mapping import Language

# Below this many answers a mean is shown as weak evidence and never called the lowest.
FEW_ANSWERS = 20

# Two-sided 95 % quantiles of Student's t by degrees of freedom; beyond 30 the error is below 4 %.
# fmt: off
_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
      2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04)
# fmt: on


@dataclass(frozen=True, slots=True)
class Period:
    """From the first step to the last one known, UTC."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """The header's figures. journeys = converted + still_open_unconverted + ended unconverted."""

    journeys: int = 0
    customers: int = 0
    converted: int = 0
    still_open: int = 0
    still_open_unconverted: int = 0
    steps: int = 0
    steps_without_stage: int = 0

    @property
    def ended_unconverted(self) -> int:
        return self.journeys - self.converted - self.still_open_unconverted


@dataclass(frozen=True, slots=True)
class Flow:
    """Journeys that visited a stage: journeys = went_on + still_open + dropped_off + completed."""

    journeys: int = 0
    customers: int = 0
    went_on: int = 0
    still_open: int = 0
    ended_here: int = 0
    dropped_off: int = 0  # of those that ended here: with a stage still before them they needed

    @property
    def completed(self) -> int:
        """Journeys that ended here and had nothing left to do that is not optional."""
        return self.ended_here - self.dropped_off


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A touchpoint within one stage and channel."""

    name: str
    channel: str
    channel_name: str
    times: int
    journeys: int
    journeys_again: int  # of those, where it had come before in the same journey
    is_goal: bool = False


@dataclass(frozen=True, slots=True)
class Emotion:
    """The answers given in a stage, on the scale from -1 to +1."""

    answers: int
    mean: float
    deviation: float | None  # of the sample; None for a single answer

    @property
    def is_weak(self) -> bool:
        return self.answers < FEW_ANSWERS

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the mean, cut to the scale; None when the answers do not give one.

        Equal answers have no spread to measure: a zero-width interval would pretend certainty.
        """
        if self.answers < 2 or not self.deviation:
            return None
        quantile = _T[self.answers - 2] if self.answers - 2 < len(_T) else 1.96
        reach = quantile * self.deviation / sqrt(self.answers)
        return max(-1.0, self.mean - reach), min(1.0, self.mean + reach)


@dataclass(frozen=True, slots=True)
class Comment:
    """A customer's own words, as written."""

    text: str
    touchpoint: str
    occurred_at: datetime
    metric: str = ""
    score: float | None = None
    emotion: float | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Contacts that stood in a queue. Waits are None when none was recorded."""

    contacts: int
    abandoned: int
    waited: int
    median_wait_s: float | None
    p90_wait_s: float | None
    journeys: int
    journeys_again: int  # of those, with more than one such contact


@dataclass(frozen=True, slots=True)
class Transition:
    """Journeys leaving a stage for another one; `to` is its place in the map, from 0."""

    to: int
    times: int
    touchpoint: str  # by which most of them came in
    touchpoint_times: int
    is_back: bool


@dataclass(frozen=True, slots=True)
class Curated:
    """What people write about a stage; empty until they do."""

    owner: str = ""
    kpi: str = ""
    opportunity: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One column."""

    key: str
    name: str
    flow: Flow = Flow()
    touchpoints: tuple[Touchpoint, ...] = ()  # most journeys first
    emotion: Emotion | None = None
    comments: tuple[Comment, ...] = ()  # worst first
    comment_count: int = 0
    waiting: Waiting | None = None
    transitions: tuple[Transition, ...] = ()  # most frequent first
    curated: Curated = Curated()

    @property
    def exits(self) -> int:
        """How often journeys left this stage for another one."""
        return sum(transition.times for transition in self.transitions)


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """The whole page."""

    title: str
    language: Language
    definition: str
    period: Period | None  # None when there is no journey
    totals: Totals
    stages: tuple[Stage, ...]
    goals: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.totals.journeys == 0


def most_repeated(stage: Stage, limit: int = 3) -> Sequence[Touchpoint]:
    """The touchpoints that came again in most journeys."""
    again = [touchpoint for touchpoint in stage.touchpoints if touchpoint.journeys_again]
    return sorted(again, key=lambda touchpoint: -touchpoint.journeys_again)[:limit]
