"""The two drawings that span all stages: the emotion curve and the bows between stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cjm_tracker.map import geometry
from cjm_tracker.map.model import Emotion, Stage

# The curve's field lies between TOP (+1) and BOTTOM (-1); below it stand the figures.
TOP, BOTTOM, CURVE_HEIGHT = 10.0, 190.0, 240.0
# A bow for a smaller share of the moves out of a stage would only be noise.
LEAST_SHARE = 0.15
NODE = 13.0
BOW = 36.0
# What a bow's figure stands on, within its line: so it is seen which bow it belongs to.
PLATE = 50.0
BESIDE = 56.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A stage's mean on the curve; `high` and `low` are the y of its interval's ends."""

    stage: Stage
    emotion: Emotion
    x: float
    y: float
    high: float | None
    low: float | None

    @property
    def label(self) -> tuple[float, float]:
        """Where its figure stands: above the whisker, below it where the field ends above, and
        beside the dot where it ends below, too."""
        above = min(self.y, self.y if self.high is None else self.high) - 13
        below = max(self.y, self.y if self.low is None else self.low) + 33
        if above >= TOP + 14:
            return self.x, above
        beside = max(TOP + 14, self.y + 5.5)
        return (self.x, below) if below <= BOTTOM else (self.x + BESIDE, beside)


@dataclass(frozen=True, slots=True)
class Curve:
    width: float
    height: float
    top: float
    middle: float
    bottom: float
    spots: Sequence[Spot]
    lines: Sequence[str]
    ribbons: Sequence[str]
    gaps: Sequence[float]  # x of the columns without answers


@dataclass(frozen=True, slots=True)
class Bow:
    """A transition between two stages."""

    path: str
    x: float
    y: float
    width: float
    is_back: bool
    origin: Stage
    goal: Stage
    times: int


@dataclass(frozen=True, slots=True)
class Bows:
    width: float
    height: float
    base: float
    node: float
    plate: float
    centres: Sequence[float]
    bows: Sequence[Bow]


def emotion_curve(stages: Sequence[Stage]) -> Curve:
    """Only neighbours that both have answers are joined; everything else is a gap."""
    spots = [_spot(place, stage) for place, stage in enumerate(stages)]
    stretches = [[spot for _, spot in run] for run in geometry.runs(spots)]
    return Curve(
        width=len(stages) * geometry.COLUMN,
        height=CURVE_HEIGHT,
        top=TOP,
        middle=(TOP + BOTTOM) / 2,
        bottom=BOTTOM,
        spots=[spot for spot in spots if spot],
        lines=[
            geometry.curve([(spot.x, spot.y) for spot in run]) for run in stretches if len(run) > 1
        ],
        ribbons=_ribbons(spots),
        gaps=[place * geometry.COLUMN for place, spot in enumerate(spots) if spot is None],
    )


def _spot(place: int, stage: Stage) -> Spot | None:
    emotion = stage.emotion
    if emotion is None:
        return None
    ends = [geometry.height(value, TOP, BOTTOM) for value in emotion.interval or ()]
    low, high = ends if ends else (None, None)
    y = geometry.height(emotion.mean, TOP, BOTTOM)
    return Spot(stage, emotion, geometry.centre(place), y, high, low)


def _ribbons(spots: Sequence[Spot | None]) -> list[str]:
    """Bands only between means that have an interval: none is not a narrow one."""
    known = [spot if spot and spot.high is not None else None for spot in spots]
    edges = [
        (
            [(spot.x, spot.high) for _, spot in run if spot.high is not None],
            [(spot.x, spot.low) for _, spot in run if spot.low is not None],
        )
        for run in geometry.runs(known)
        if len(run) > 1
    ]
    return [geometry.ribbon(upper, lower) for upper, lower in edges]


def transition_bows(stages: Sequence[Stage]) -> Bows:
    """Bows above the line go forwards, those below it back to an earlier stage."""
    shown = [
        (place, transition)
        for place, stage in enumerate(stages)
        for transition in stage.transitions
        if transition.times >= LEAST_SHARE * stage.exits
    ]
    most = max((transition.times for _, transition in shown), default=0)
    rises = {
        is_back: max(
            (
                geometry.bow_rise(transition.to - place, BOW)
                for place, transition in shown
                if transition.is_back is is_back
            ),
            default=0.0,
        )
        for is_back in (False, True)
    }
    margin = NODE + 16
    base = rises[False] + margin
    bows = []
    # Thin ones last, so that they are not buried.
    for place, transition in sorted(shown, key=lambda item: -item[1].times):
        path, (x, y) = geometry.arc(place, transition.to, base, BOW)
        width = geometry.stroke(transition.times, most)
        bows.append(
            Bow(path, x, y, width, transition.is_back, stages[place], stages[transition.to],
                transition.times)
        )  # fmt: skip
    return Bows(
        width=len(stages) * geometry.COLUMN,
        height=base + rises[True] + margin,
        base=base,
        node=NODE,
        plate=PLATE,
        centres=[geometry.centre(place) for place in range(len(stages))],
        bows=bows,
    )
