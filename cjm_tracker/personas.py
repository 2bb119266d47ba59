"""Personas by rule: kinds of customers, as the mapping's `personas:` section states them.

They are told in `sql/measures/common.sql`, from what each customer did in the journeys asked about.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cjm_tracker.events import Slug

NONE = "none"  # whoever no rule fits


class Persona(BaseModel):
    """A kind of customer. All that is said must hold; the first persona that fits is theirs.

    `touchpoints` and `identifiers` (kinds) ask for any of them, `attributes` for all, each in any
    event. `channel_share` is that of the customer's steps on `channel`, `value` is in the money of
    the logs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    touchpoints: list[Slug] = []
    channel: Slug | None = None
    channel_share: float = Field(default=0.5, gt=0, le=1)
    journeys: int = Field(default=0, ge=0)
    value: float | None = None
    identifiers: list[Slug] = []
    attributes: dict[str, str] = {}

    def bound(self) -> tuple[Any, ...]:
        """As `sql/measures/common.sql` takes it."""
        return (
            self.name,
            self.touchpoints,
            self.channel or "",
            self.channel_share,
            self.journeys,
            -1e300 if self.value is None else self.value,
            self.identifiers,
            list(self.attributes.items()),
        )
