"""Rules that name an event's touchpoint, channel and stage: ordered, first match wins.

A rule's `when` holds conditions on the event's fields, all of which must hold:

    event: Order Completed            equal
    status: ["404", "410"]            one of
    path: {prefix: /blog/}            also suffix, contains, glob, regex
    score: {max: 2}                   also min, both inclusive
    coupon: {present: true}           there, or (false) absent
    path: {not: {prefix: /admin/}}    the opposite
    group: from_an_ad                 the conditions of that name in the mapping's `groups`
    any: [{…}, {…}]                   at least one of several such lists; also all, and not: {…}

An event that no rule matches stays unmapped: it is kept, counted and shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import SchemaError, SchemaValidator, core_schema

from cjm_tracker.events import Slug


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """One test of one field; several keys must all hold."""

    model_config = ConfigDict(serialize_by_alias=True)

    prefix: str | None = None
    suffix: str | None = None
    contains: str | None = None
    glob: str | None = None
    regex: str | None = None
    min: float | None = None
    max: float | None = None
    present: bool | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @field_validator("regex")
    @classmethod
    def is_a_regex(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            regex(pattern)
        return pattern

    @model_validator(mode="after")
    def says_something(self) -> Condition:
        if not self.model_dump(exclude_none=True):
            raise ValueError("a condition needs at least one test")
        return self


Test = str | int | float | bool | list[str | int | float] | Condition


class When(BaseModel):
    """What an event must be like: tests by field, and other such lists combined; all must hold."""

    model_config = ConfigDict(extra="allow", frozen=True, serialize_by_alias=True)
    __pydantic_extra__: dict[str, Test]

    group: Slug | list[Slug] | None = None
    all_: list[When] | None = Field(default=None, alias="all", min_length=1)
    any_: list[When] | None = Field(default=None, alias="any", min_length=1)
    not_: When | None = Field(default=None, alias="not")

    @property
    def tests(self) -> dict[str, Test]:
        """The tests of fields, by field."""
        return self.__pydantic_extra__

    @property
    def groups(self) -> list[str]:
        """Names of groups, all of which must hold."""
        return [self.group] if isinstance(self.group, str) else list(self.group or ())

    def parts(self) -> Iterator[When]:
        """This one, and all that it is combined of."""
        yield self
        for inner in [*(self.all_ or ()), *(self.any_ or ()), *([self.not_] if self.not_ else ())]:
            yield from inner.parts()


# Conditions that rules share, by their name in the mapping.
Groups = Mapping[str, When]


class Rule(Strict):
    """What the first matching rule says about an event."""

    when: When = When()
    touchpoint: Slug | None = None
    stage: Slug | None = None
    channel: Slug | None = None
    drop: Slug | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Rule:
        if (self.touchpoint is None) == (self.drop is None):
            raise ValueError("a rule names either a touchpoint or a drop reason")
        return self


class SourceRules(Strict):
    """The rules of one source, and the channel its contacts take place on by default."""

    channel: Slug
    rules: list[Rule] = Field(min_length=1)


class Touchpoint(NamedTuple):
    """The contact an event stands for; an empty `name` means unmapped."""

    name: str
    channel: str
    stage: str
    drop_reason: str = ""


def regex(pattern: str) -> SchemaValidator:
    """What tells whether a text holds the pattern; raises ValueError for one that is none.

    The engine of pydantic takes time linear in the text, whatever the pattern: no rule can hang a
    worker. It has no look-around and no back-references for that.
    """
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))
    except SchemaError as error:
        said = str(error).strip().splitlines()[-1].removeprefix("error: ").strip()
        raise ValueError(f"'{pattern}' is no pattern: {said}") from None
