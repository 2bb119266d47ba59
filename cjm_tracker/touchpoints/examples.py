"""Examples in the mapping itself: what an event is like, and what the rules are to say of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from cjm_tracker.events import Event, Slug, Source
from cjm_tracker.touchpoints.fields import OWN
from cjm_tracker.touchpoints.rules import Strict, Touchpoint

Value = str | int | float | bool


class Example(Strict):
    """One event and its touchpoint; with neither touchpoint nor drop it is to stay unmapped.

    Channel and stage are looked at where they are given.
    """

    source: Source
    given: dict[str, Value] = Field(min_length=1)
    touchpoint: Slug | None = None
    drop: Slug | None = None
    channel: Slug | None = None
    stage: Slug | None = None

    @model_validator(mode="after")
    def expects_one_thing(self) -> Example:
        if self.touchpoint and self.drop:
            raise ValueError("an example is a touchpoint or dropped, not both")
        return self

    @property
    def format(self) -> str:
        return str(self.given.get("format", ""))

    def event(self) -> Event:
        """The event that is given."""
        own: dict[str, Any] = {name: self.given[name] for name in OWN if name in self.given}
        name = str(own.pop("event", ""))
        if "value" in own:
            own["value"] = Decimal(str(own["value"]))
        known = ("format", *OWN)
        said = {name: str(value) for name, value in self.given.items() if name not in known}
        return Event("", name, 0, attributes=said, **own)

    def differs(self, found: Touchpoint) -> list[str]:
        """What is not as expected, in words."""
        expected = {"touchpoint": self.touchpoint or "", "drop": self.drop or ""}
        expected |= {name: said for name in ("channel", "stage") if (said := getattr(self, name))}
        is_there = {
            "touchpoint": found.name, "drop": found.drop_reason,
            "channel": found.channel, "stage": found.stage,
        }  # fmt: skip
        return [
            f"{name} is {is_there[name] or 'none'}, expected {wanted or 'none'}"
            for name, wanted in expected.items()
            if is_there[name] != wanted
        ]
