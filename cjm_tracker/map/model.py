"""What a journey map says, as plain data: no SQL above it, no HTML below it.

Names are already in the reader's language. Where nothing was measured a field is None; a zero
is a measured zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cjm_tracker.mapping import Language

# Below this many answers a mean is shown as weak evidence and never called the lowest.
FEW_ANSWERS = 20


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

    key: str
    name: str
    channel: str
    channel_name: str
    times: int
    journeys: int
    journeys_again: int  # of those, where it had come before in the same journey
    is_goal: bool = False
    customers: int = 0
    answers: int = 0
    mean: float | None = None  # of the answers, from -1 to +1
    often: tuple[tuple[str, int], ...] = ()  # customers who met it most, and how often
    before: tuple[tuple[str, int], ...] = ()  # what came before it most, and how often
    after: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Emotion:
    """The answers given in a stage, on the scale from -1 to +1."""

    answers: int
    mean: float
    interval: tuple[float, float] | None = None  # 95 %; None where the answers do not give one

    @property
    def is_weak(self) -> bool:
        return self.answers < FEW_ANSWERS


@dataclass(frozen=True, slots=True)
class Way:
    """What customers do in a stage, one after the other."""

    steps: tuple[str, ...]
    journeys: int


@dataclass(frozen=True, slots=True)
class Pain:
    """A touchpoint after which journeys fare worse than those at the stage without it."""

    touchpoint: str
    kind: str  # drops, returns, rates_low, waits, abandons, repeats
    customers: int
    rate: float
    other_rate: float
    severity: float  # rate - other_rate
    low: float  # of the severity's interval
    high: float
    worth: float | None  # money at the low end; None where nothing says what a customer is worth

    @property
    def is_sure(self) -> bool:
        return self.low > 0


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
class Move:
    """From a touchpoint to the next one, stages by their places in the map."""

    place: int
    touchpoint: str
    to_place: int
    to_touchpoint: str
    times: int


@dataclass(frozen=True, slots=True)
class Curated:
    """What people write about a stage; empty until they do."""

    owner: str = ""
    kpi: str = ""
    opportunity: str = ""


@dataclass(frozen=True, slots=True)
class Kpi:
    """What people want of a stage, in their words; compared where a `measure` tells it."""

    text: str
    measure: str = ""  # of cjm_tracker.kpis
    target: float | None = None  # shares from 0 to 1, times in seconds


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise in a stage than in what the map is compared with."""

    text: str
    is_sure: bool  # chance is unlikely to have made it


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the map is compared with, and what differs: by stage, and by stage and touchpoint."""

    title: str
    stages: Mapping[str, tuple[Difference, ...]]
    marks: Mapping[tuple[str, str], str]


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
    ways: tuple[Way, ...] = ()  # most frequent first
    pains: tuple[Pain, ...] = ()  # all that could be told, the worst first
    converted: int = 0  # journeys that came here and reached a goal, here or elsewhere
    median_s: float | None = None  # until they went on
    friction: float | None = None  # share of the contacts
    kpis: tuple[Kpi, ...] = ()  # the mapping's
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
    moves: tuple[Move, ...] = ()  # most frequent first
    conditions: tuple[str, ...] = ()  # which journeys were asked for, as a person wrote it
    comparisons: tuple[Comparison, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.totals.journeys == 0


def most_repeated(stage: Stage, limit: int = 3) -> Sequence[Touchpoint]:
    """The touchpoints that came again in most journeys."""
    again = [touchpoint for touchpoint in stage.touchpoints if touchpoint.journeys_again]
    return sorted(again, key=lambda touchpoint: -touchpoint.journeys_again)[:limit]
