from __future__ import annotations

import pytest

from cjm_tracker.emotion import emotion


@pytest.mark.parametrize(
    ("metric", "score", "felt"),
    [
        ("csat", 1, -1.0), ("csat", 3, 0.0), ("csat", 4, 0.5), ("csat", 5, 1.0),
        ("nps", 0, -1.0), ("nps", 5, 0.0), ("nps", 9, 0.8), ("nps", 10, 1.0),
        ("ces", 1, -1.0), ("ces", 4, 0.0), ("ces", 7, 1.0),
    ],
)  # fmt: skip
def test_every_scale_runs_from_minus_one_to_one(metric, score: float, felt: float) -> None:
    assert emotion(metric, score) == felt


@pytest.mark.parametrize("score", [-5, 99])
def test_an_answer_off_the_scale_is_its_end(score: float) -> None:
    assert abs(emotion("csat", score) or 0) == 1.0


def test_no_answer_is_no_emotion() -> None:
    assert emotion("csat", None) is None


def test_a_score_of_no_metric_is_no_emotion() -> None:
    assert emotion("", 5) is None
