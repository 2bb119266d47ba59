"""What drifts, and by how much: on rows made by hand, whose answer a person can count."""

from __future__ import annotations

import pytest

from cjm_tracker.drift import Drawn, drift
from cjm_tracker.drift.compare import Elsewhere, Loop, Undrawn

MAP = [
    Drawn(stage="awareness", touchpoint="seen", channel="web", emotion=1),
    Drawn(stage="purchase", touchpoint="bought", channel="shop", emotion=2, loop_to="seen"),
    Drawn(stage="service", touchpoint="helped", emotion=-1),
    Drawn(stage="service", touchpoint="visited", emotion=1),
]


def met(touchpoint: str, stage: str, steps: int, **more: object) -> dict[str, object]:
    unfelt = {"n": 0, "emotion": None, "emotion_low": None, "emotion_high": None}
    row = {"touchpoint": touchpoint, "stage": stage, "steps": steps, "journeys": 2, "share": 0.5}
    return {**row, "channels": ["web"], **unfelt, **more}


def felt(n: int, mean: float, low: float, high: float) -> dict[str, object]:
    return {"n": n, "emotion": mean, "emotion_low": low, "emotion_high": high}


TOUCHPOINTS = [
    met("seen", "awareness", 4, **felt(9, -0.6, -0.8, -0.2)),
    met("bought", "purchase", 2, **felt(1, 0.5, -0.4, 1)),
    met("bought", "service", 1),
    met("helped", "service", 1, **felt(5, -0.9, -1, -0.5)),
    met("searched", "awareness", 2),
]
TRANSITIONS = [
    {"from": "seen", "to": "seen", "transitions": 2},
    {"from": "seen", "to": "bought", "transitions": 3},
    {"from": "bought", "to": "seen", "transitions": 4},  # as drawn
    {"from": "helped", "to": "bought", "transitions": 1},
    {"from": "searched", "to": "seen", "transitions": 50},  # not between drawn ones
]
FOUND = drift(MAP, TOUCHPOINTS, TRANSITIONS)


def test_what_is_left_out_and_what_is_made_up() -> None:
    assert FOUND.undrawn == [Undrawn("searched", "awareness", 2, 0.5)]
    assert FOUND.unvisited == ["visited"]


def test_what_is_elsewhere() -> None:
    assert FOUND.other_stage == [Elsewhere("bought", "purchase", ["service"], 1, 1 / 3)]
    assert FOUND.other_channel == [Elsewhere("bought", "shop", ["web"], 3, 1.0)]


def test_loops_are_ways_back_that_are_not_drawn() -> None:
    assert FOUND.loops == [Loop("seen", "seen", 2, 0.2), Loop("helped", "bought", 1, 0.1)]


def test_emotions_are_told_by_their_interval() -> None:
    verdicts = {one.touchpoint: (one.n, one.verdict) for one in FOUND.feelings}
    assert verdicts == {
        "seen": (9, "otherwise"),  # drawn +, measured -
        "bought": (1, "cannot tell"),
        "helped": (5, "as drawn"),
        "visited": (0, "cannot tell"),
    }


def test_the_score_is_the_mean_of_its_parts() -> None:
    assert (FOUND.covered, FOUND.alive, FOUND.straight, FOUND.felt) == (0.7, 0.75, 0.7, 0.5)
    assert FOUND.score == pytest.approx((0.7 + 0.75 + 0.7 + 0.5) / 4)


def test_a_map_as_the_log_has_no_drift() -> None:
    drawn = [
        Drawn(stage="awareness", touchpoint="seen"),
        Drawn(stage="purchase", touchpoint="bought"),
    ]
    found = drift(
        drawn, [met("seen", "awareness", 3), met("bought", "purchase", 1)], TRANSITIONS[1:2]
    )
    assert (found.score, found.felt) == (1.0, None)
    assert not (found.undrawn or found.unvisited or found.other_stage or found.loops)


def test_no_journeys_no_score() -> None:
    assert drift(MAP, [], []).score is None
