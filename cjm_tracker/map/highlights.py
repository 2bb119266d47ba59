"""What stands out: the few stages a reader should look at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from cjm_tracker.map.model import FEW_ANSWERS, JourneyMap, Stage

Kind = Literal["drop", "emotion", "repeat"]


@dataclass(frozen=True, slots=True)
class Highlight:
    """One stage that is worst in one respect."""

    kind: Kind
    stage: Stage


def highlights(journeys: JourneyMap) -> list[Highlight]:
    """At most one of each kind, and only where something is there to be compared."""
    dropping = [stage for stage in journeys.stages if stage.flow.dropped_off]
    measured = [
        stage for stage in journeys.stages if stage.emotion and stage.emotion.answers >= FEW_ANSWERS
    ]
    repeating = [
        stage for stage in journeys.stages if stage.waiting and stage.waiting.journeys_again
    ]
    found = [
        _worst("drop", dropping, lambda stage: stage.flow.dropped_off),
        # The lowest of one is no finding either.
        _worst("emotion", measured if len(measured) > 1 else [], _unhappiness),
        _worst("repeat", repeating, _repetition),
    ]
    return [highlight for highlight in found if highlight]


def _worst(
    kind: Kind, stages: Iterable[Stage], badness: Callable[[Stage], float]
) -> Highlight | None:
    worst = max(stages, key=badness, default=None)
    return Highlight(kind, worst) if worst else None


def _unhappiness(stage: Stage) -> float:
    return -stage.emotion.mean if stage.emotion else 0.0


def _repetition(stage: Stage) -> float:
    return stage.waiting.journeys_again if stage.waiting else 0
