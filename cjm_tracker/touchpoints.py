"""Rules that name an event's touchpoint, channel and stage: ordered, first match wins.

A rule's `when` holds conditions on the event's fields, all of which must hold:

    event: Order Completed            equal
    status: ["404", "410"]            one of
    path: {prefix: /blog/}            also suffix, glob, contains
    score: {max: 2}                   also min, both inclusive
    coupon: {present: true}           there, or (false) absent
    path: {not: {prefix: /admin/}}    the opposite

An event that no rule matches stays unmapped: it is kept, counted and shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cjm_tracker.events import Event, Slug, Source

Predicate = Callable[[Event], bool]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """One test of one field; several keys must all hold."""

    model_config = ConfigDict(serialize_by_alias=True)

    prefix: str | None = None
    suffix: str | None = None
    contains: str | None = None
    glob: str | None = None
    min: float | None = None
    max: float | None = None
    present: bool | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def says_something(self) -> Condition:
        if not self.model_dump(exclude_none=True):
            raise ValueError("a condition needs at least one test")
        return self


Test = str | int | float | bool | list[str | int | float] | Condition


class Rule(Strict):
    """What the first matching rule says about an event."""

    when: dict[str, Test] = {}
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


Classify = Callable[[Source, str, Event], Touchpoint]


def compile_rules(sources: dict[Source, SourceRules]) -> Classify:
    """The rules as one function of (source, format, event); built once per mapping."""
    compiled = {
        source: [(_all_of(rule), _says(rule, section)) for rule in section.rules]
        for source, section in sources.items()
    }

    def classify(source: Source, format_name: str, event: Event) -> Touchpoint:
        event.attributes["format"] = format_name
        for holds, says in compiled.get(source, ()):
            if holds(event):
                return says
        section = sources.get(source)
        return Touchpoint("", section.channel if section else "", "")

    return classify


def _says(rule: Rule, section: SourceRules) -> Touchpoint:
    return Touchpoint(
        rule.touchpoint or "", rule.channel or section.channel, rule.stage or "", rule.drop or ""
    )


def _all_of(rule: Rule) -> Predicate:
    tests = [_holds(_reader(field), test) for field, test in rule.when.items()]

    def holds(event: Event) -> bool:
        return all(test(event) for test in tests)

    return holds


# Fields of the event itself; every other name is looked up among its attributes.
_OWN: dict[str, Callable[[Event], object]] = {
    "event": lambda event: event.name,
    "outcome": lambda event: event.outcome,
    "metric": lambda event: event.metric,
    "currency": lambda event: event.currency,
    "value": lambda event: event.value,
    "score": lambda event: event.score,
    "wait_s": lambda event: event.wait_s,
    "duration_s": lambda event: event.duration_s,
}


def _reader(field: str) -> Callable[[Event], object]:
    return _OWN.get(field) or (lambda event: event.attributes.get(field))


def _holds(read: Callable[[Event], object], test: Test) -> Predicate:
    if isinstance(test, Condition):
        parts = list(_parts(test))
        return lambda event: all(part(read(event)) for part in parts)
    wanted = {_text(item) for item in (test if isinstance(test, list) else [test])}
    return lambda event: _text(read(event)) in wanted


def _parts(test: Condition) -> Sequence[Callable[[object], bool]]:
    found: list[Callable[[object], bool]] = []
    if (prefix := test.prefix) is not None:
        found.append(lambda value: _text(value).startswith(prefix))
    if (suffix := test.suffix) is not None:
        found.append(lambda value: _text(value).endswith(suffix))
    if (part := test.contains) is not None:
        found.append(lambda value: part.casefold() in _text(value).casefold())
    if (pattern := test.glob) is not None:
        found.append(lambda value: fnmatchcase(_text(value), pattern))
    if (low := test.min) is not None:
        found.append(lambda value: (number := _number(value)) is not None and number >= low)
    if (high := test.max) is not None:
        found.append(lambda value: (number := _number(value)) is not None and number <= high)
    if (present := test.present) is not None:
        found.append(lambda value: (value not in (None, "")) is present)
    if test.not_ is not None:
        inner = _parts(test.not_)
        found.append(lambda value: not all(part(value) for part in inner))
    return found


def _text(value: object) -> str:
    if isinstance(value, (float, Decimal)):  # 5, 5.0 and 5.00 are one number
        return format(Decimal(str(value)).normalize() + 0, "f")
    return "" if value is None else str(value)


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
