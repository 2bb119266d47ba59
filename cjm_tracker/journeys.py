"""How touchpoints become journeys: the definition, as the mapping's `journeys:` section states it.

The cutting itself is written once, in `sql/stitch/paths.sql`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from cjm_tracker.events import Slug

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(written: Any) -> timedelta:
    matched = re.fullmatch(r"(\d{1,5})([mhd])", str(written))
    if not matched or int(matched[1]) == 0:
        raise ValueError("a duration is a number and a unit: 30m, 12h, 14d")
    return timedelta(**{_UNITS[matched[2]]: int(matched[1])})


def _written(duration: timedelta) -> str:
    minutes = duration // timedelta(minutes=1)
    unit, length = next((u, n) for u, n in (("d", 1440), ("h", 60), ("m", 1)) if minutes % n == 0)
    return f"{minutes // length}{unit}"


Duration = Annotated[
    timedelta, BeforeValidator(_duration), PlainSerializer(_written, when_used="json")
]


class JourneyDefinition(BaseModel):
    """One way to cut touchpoints into journeys: those of each customer, or of each account.

    A journey ends after a touchpoint of `ends_at`, before one of `starts_at`, or when nothing
    happens for longer than `inactivity`, counted from the end of the last contact. A channel
    may have a longer patience than the rest; the longer one of two neighbours holds. With
    `only_from_start`, touchpoints that no start came before in their stretch are in no journey.

    `stages` are those it looks at, in its own order; a journey that leaves out `optional_stages`
    has not dropped off. `goals` are the touchpoints that mean a journey converted; of what came
    before a goal, `lookback` is how far back it counts as having led there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    unit: Literal["customer", "account"] = "customer"
    stages: list[Slug] = []  # none: the mapping's
    optional_stages: list[Slug] = []
    inactivity: Duration = Field(default=timedelta(days=30), validate_default=False)
    inactivity_by_channel: dict[Slug, Duration] = {}
    goals: list[Slug] = []
    starts_at: list[Slug] = []
    only_from_start: bool = False
    ends_at: list[Slug] = []
    lookback: Duration | None = None

    @field_validator("only_from_start")
    @classmethod
    def has_starts(cls, only_from_start: bool, info: ValidationInfo) -> bool:
        if only_from_start and info.data.get("starts_at") == []:
            raise ValueError("without starts_at no journey would ever begin")
        return only_from_start

    def over(self, stages: Sequence[str]) -> JourneyDefinition:
        """The same, written out: with the mapping's stages where it names none."""
        return self.model_copy(update={"stages": self.stages or list(stages)})

    @property
    def version(self) -> str:
        """A short fingerprint of what it says.

        What stands at its default does not count: a field that a later release adds leaves the
        versions of today's definitions as they are.
        """
        said = self.model_dump_json(exclude_defaults=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]
