"""KPIs of one's own: what people want of a stage, as the mapping's `kpis:` section states it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from cjm_tracker.durations import seconds
from cjm_tracker.events import Slug

Measure = Literal[
    "conversion", "drop_off", "onward_time", "friction", "emotion", "wait", "abandonment",
    "repeat_contact",
]  # fmt: skip
# Of these a target is the least that is wanted, of all others the most.
MORE_IS_BETTER = frozenset({"conversion", "emotion"})
TIMES = frozenset({"onward_time", "wait"})


class Kpi(BaseModel):
    """A figure that people watch at a stage; `labels` say its name in words.

    With `measure` the target is compared with that key figure of the stage: shares (conversion,
    drop_off, friction, abandonment, repeat_contact) are from 0 to 1, emotion from -1 to +1, times
    (onward_time, wait: medians) as in 90s, 30m, 12h, 14d. Without it nothing here measures the
    KPI, and any words will do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    measure: Measure | None = None
    target: int | float | str

    @field_validator("target", mode="before")
    @classmethod
    def _is_of_its_measure(cls, given: Any, info: ValidationInfo) -> Any:
        measure = info.data.get("measure")
        if isinstance(given, bool) or given == "":
            raise ValueError("a target is a number, a duration, or words")
        if measure in TIMES and seconds(str(given)) is None:
            raise ValueError("a duration is a number and a unit: 90s, 30m, 12h, 14d")
        if measure and measure not in TIMES:
            least = -1 if measure == "emotion" else 0
            if not isinstance(given, int | float) or not least <= given <= 1:
                raise ValueError(f"the target of {measure} is a number from {least} to 1")
        return given

    @property
    def value(self) -> float | None:
        """What the measure is compared with, of times in seconds; None without a measure."""
        if self.measure in TIMES:
            return seconds(str(self.target))
        return float(self.target) if self.measure else None
