"""One scale for what customers feel: -1 (angry) to +1 (delighted), None where nothing is known."""

from __future__ import annotations

from cjm_tracker.events import Metric

# (middle, half the width) of each metric's scale: CSAT 1-5, NPS 0-10, CES 1-7.
_SCALES: dict[Metric, tuple[float, float]] = {"csat": (3, 2), "nps": (5, 5), "ces": (4, 3)}


def emotion(metric: Metric, score: float | None) -> float | None:
    """The answer's place on the common scale; no answer is no emotion, never zero."""
    if score is None or metric not in _SCALES:
        return None
    middle, half = _SCALES[metric]
    return max(-1.0, min(1.0, (score - middle) / half))
