"""Which kinds of identifier there are, which are strong, and which values mean nobody."""

from __future__ import annotations

from typing import Literal

import phonenumbers
from pydantic import BaseModel, ConfigDict, field_serializer, field_validator

from cjm_tracker.events import Slug

Form = Literal["text", "lower", "email", "phone"]


class Kind(BaseModel):
    """One kind of identifier.

    `strong` names one person (a customer number, a login); weak kinds can be shared and never
    join two strong ones. `personal` values are stored as keyed hashes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    strong: bool = False
    form: Form = "text"
    personal: bool = False


# In order of rank: an event belongs to the customer of its first-ranked identifier.
KINDS: dict[str, Kind] = {
    "customer_number": Kind(strong=True),
    "user_id": Kind(strong=True),
    "loyalty_card": Kind(strong=True),
    "email": Kind(form="email", personal=True),
    "phone": Kind(form="phone", personal=True),
    "cookie": Kind(),
    "device": Kind(),
    "ip": Kind(),
}

# What systems write when they do not know; compared in lower case, for every kind.
BLOCKED = frozenset(
    """
    0 -1 00000000-0000-0000-0000-000000000000 1234567890 anonymous false guest id invalid n/a na
    nan nil none not_authenticated null test test@example.com test@test test@test.com true unknown
    undefined user user_id [object object]
    """.replace("[object object]", "").split()
) | {"[object object]"}


class IdentityConfig(BaseModel):
    """The mapping's `identity:` section."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str = "GB"  # of phone numbers without country code, where the event names no country
    kinds: dict[Slug, Kind] = KINDS
    blocked: frozenset[str] = frozenset()
    plain: bool = False  # store e-mail addresses and phone numbers as they are

    @field_validator("region")
    @classmethod
    def is_a_region(cls, region: str) -> str:
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"'{region}' is no country with telephones: two capitals, as in BG")
        return region

    @field_serializer("blocked")
    def in_order(self, blocked: frozenset[str]) -> list[str]:
        """A set has another order in every process; the mapping's digest must not."""
        return sorted(blocked)
