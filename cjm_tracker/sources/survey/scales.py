"""The scales of survey scores: an answer outside is a broken record, not an extreme customer."""

from __future__ import annotations

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Metric

SCALES: dict[Metric, tuple[int, int]] = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}


def metric_named(written: str, field: str) -> Metric:
    """The metric of that name, in any case."""
    name = written.strip().casefold()
    for metric in SCALES:
        if metric == name:
            return metric
    raise InvalidRecord("bad_field", f"{field}: not one of {', '.join(SCALES)}")


def on_scale(metric: Metric, score: float | str) -> float:
    """The score, if it is on the metric's scale."""
    low, high = SCALES[metric]
    try:
        number = float(score)
    except ValueError:
        raise InvalidRecord("bad_field", f"{metric}: not a number") from None
    if not low <= number <= high:
        raise InvalidRecord("bad_field", f"{metric}: not between {low} and {high}")
    return number
