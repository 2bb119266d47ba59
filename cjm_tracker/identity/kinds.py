"""Which kinds of identifier there are, which are strong, and which are no one person's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from cjm_tracker.events import Slug
from cjm_tracker.identity.forms import CheckDigit, Form, in_form, opening_in_form, passes, text
from cjm_tracker.identity.nobody import BLOCKED, means_nobody

Standing = Literal["kiosk", "household", "agent"]

_UNSAID: Any = None


class Kind(BaseModel):
    """One kind of identifier.

    `strong` names one person (a customer number, a login); weak kinds can be shared and never
    join two strong ones. `personal` values are stored as keyed hashes. An `account` is what
    customers belong to (a company, a household): it never joins its members. A value without its
    right `check_digit` is no identifier.

    `limit` is how many an identifier may be met with before it is shared: persons, for a weak
    kind; strong identifiers of one and the same kind, for a strong one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    strong: bool = False
    form: Form = "text"
    personal: bool = False
    check_digit: CheckDigit = "none"
    account: bool = False
    limit: int = Field(default=_UNSAID, ge=1, validate_default=True)

    @field_validator("check_digit")
    @classmethod
    def has_digits_to_check(cls, check_digit: CheckDigit, info: ValidationInfo) -> CheckDigit:
        if check_digit != "none" and info.data.get("personal"):
            raise ValueError("a personal kind has no check digit")
        if check_digit != "none" and info.data.get("form", "card") not in ("card", "text"):
            raise ValueError("only kinds of form card or text have a check digit")
        return check_digit

    @field_validator("account")
    @classmethod
    def is_not_strong_too(cls, account: bool, info: ValidationInfo) -> bool:
        if account and info.data.get("strong"):
            raise ValueError("a strong kind names one person, an account several: choose")
        return account

    @field_validator("limit", mode="before")
    @classmethod
    def follows_strength(cls, limit: object, info: ValidationInfo) -> object:
        return limit if limit is not _UNSAID else 5 if info.data.get("strong") else 1

    def normal(self, written: str, region: str, blocked: frozenset[str]) -> str | None:
        """The value in its normal form; None where it means nobody or can be none of this kind."""
        plain = text(written)
        if means_nobody(plain, blocked):
            return None
        normal = in_form(self.form, plain, region)
        if normal is None or not passes(self.check_digit, normal):
            return None
        return None if normal != plain and means_nobody(normal, blocked) else normal

    def opening(self, prefix: str) -> str:
        """`prefix` as normal forms begin; empty where none begins so."""
        return opening_in_form(self.form, prefix)


# A customer gathers old customer numbers with every merged system, hence the higher limit.
KINDS: dict[str, Kind] = {
    "customer_number": Kind(strong=True, limit=10),
    "user_id": Kind(strong=True),
    "loyalty_card": Kind(strong=True, form="card"),
    "email": Kind(form="email", personal=True),
    "phone": Kind(form="phone", personal=True),
    "cookie": Kind(),
    "device": Kind(),
    "ip": Kind(),
    "account": Kind(account=True),
}


class Declared(BaseModel):
    """Identifiers known to be no one person's, by how they begin or each in full.

    A kiosk's meet everybody, a household's a few, an agent's act for a customer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    kind: Slug
    standing: Standing = Field(alias="as")
    prefix: str = ""
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def says_which(self) -> Declared:
        if not self.prefix and not self.values:
            raise ValueError("say which identifiers: a prefix, or values")
        return self


def _can_apply(declared: Declared, info: ValidationInfo) -> Declared:
    """A declaration that could never hold of a stored identifier is a slip of the pen."""
    if not {"region", "plain", "blocked", "kinds"} <= info.data.keys():
        return declared  # one of them is wrong, and said to be
    kinds: dict[str, Kind] = info.data["kinds"]
    kind = kinds.get(declared.kind)
    if kind is None:
        raise ValueError(f"kind '{declared.kind}' is not configured; there are: {', '.join(kinds)}")
    if kind.account:
        raise ValueError(f"kind '{declared.kind}' is an account: it is nobody's own anyway")
    if declared.prefix and kind.personal and not info.data["plain"]:
        raise ValueError(
            f"a prefix cannot be told from a hash, and kind '{declared.kind}' is personal: "
            "list the values, or set plain: true"
        )
    if declared.prefix and not kind.opening(declared.prefix):
        raise ValueError(f"no {declared.kind} begins with '{declared.prefix}'")
    blocked = nobodies(info.data["blocked"])
    for value in declared.values:
        if kind.normal(value, info.data["region"], blocked) is None:
            raise ValueError(f"'{value}' can be no {declared.kind}, or means nobody")
    return declared


class IdentityConfig(BaseModel):
    """The mapping's `identity:` section."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str = "GB"  # of phone numbers without country code, where the event names no country
    plain: bool = False  # store e-mail addresses and phone numbers as they are
    blocked: frozenset[str] = frozenset()
    kinds: dict[Slug, Kind] = KINDS
    declared: tuple[Annotated[Declared, AfterValidator(_can_apply)], ...] = ()
    public_from: int = Field(default=20, ge=2)  # persons an identifier meets that is a public one
    max_anonymous: int = Field(default=50, ge=1)  # identifiers of an anonymous customer at most
    max_hops: int = Field(default=4, ge=1, le=8)  # weak links from a person at most

    @field_validator("region")
    @classmethod
    def is_a_region(cls, region: str) -> str:
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"'{region}' is no country with telephones: two capitals, as in BG")
        return region

    @field_validator("kinds", mode="before")
    @classmethod
    def stand_over_the_built_in(cls, given: object) -> object:
        """What an entry does not say keeps its default; pydantic judges the result."""
        if not isinstance(given, Mapping):
            return given
        return {**KINDS, **{name: _over_built_in(name, entry) for name, entry in given.items()}}

    @field_serializer("blocked")
    def in_order(self, blocked: frozenset[str]) -> list[str]:
        """A set has another order in every process; the mapping's digest must not."""
        return sorted(blocked)

    @property
    def ranks(self) -> dict[str, int]:
        """An event belongs to the customer of its first-ranked identifier; accounts have no rank.

        Strong kinds come before weak ones, built-in before added ones.
        """
        persons = [name for name, kind in self.kinds.items() if not kind.account]
        ranked = sorted(persons, key=lambda name: not self.kinds[name].strong)
        return {name: rank for rank, name in enumerate(ranked)}


def nobodies(blocked: frozenset[str]) -> frozenset[str]:
    """The built-in literals and a company's own, as values are compared with them."""
    return BLOCKED | {text(literal).casefold() for literal in blocked}


def _over_built_in(name: object, entry: object) -> object:
    built_in = KINDS.get(name) if isinstance(name, str) else None
    if built_in is None or not isinstance(entry, Mapping):
        return entry
    kept = built_in.model_dump(exclude_unset=True)
    if entry.get("strong", built_in.strong) != built_in.strong:
        kept.pop("limit", None)  # it counted something else
    return {**kept, **entry}
