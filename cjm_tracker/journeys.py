"""How touchpoints become journeys: the definition, as the mapping's `journeys:` section states it.

The cutting itself is written once, in `sql/stitch/paths.sql`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cjm_tracker.events import Slug

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(written: Any) -> timedelta:
    matched = re.fullmatch(r"(\d{1,5})([mhd])", str(written))
    if not matched or int(matched[1]) == 0:
        raise ValueError("a duration is a number and a unit: 30m, 12h, 14d")
    return timedelta(**{_UNITS[matched[2]]: int(matched[1])})


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class JourneyDefinition(BaseModel):
    """One way to cut a customer's touchpoints into journeys.

    A journey ends after a touchpoint of `ends_at`, before one of `starts_at`, or when nothing
    happens for longer than `inactivity`, counted from the end of the last contact. A channel
    may have a longer patience than the rest; the longer one of two neighbours holds.
    `goals` are the touchpoints that mean a journey converted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    inactivity: Duration = Field(default=timedelta(days=30), validate_default=False)
    inactivity_by_channel: dict[Slug, Duration] = {}
    goals: list[Slug] = []
    starts_at: list[Slug] = []
    ends_at: list[Slug] = []
