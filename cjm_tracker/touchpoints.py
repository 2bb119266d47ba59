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

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
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

# Names of events kept at once, a source: they are few, but a producer may invent them.
MAX_NAMES = 4_096


def compile_rules(sources: dict[Source, SourceRules]) -> Classify:
    """The rules as one function of (source, format, event); built once per mapping."""
    compiled = {source: _Compiled(section) for source, section in sources.items()}

    def classify(source: Source, format_name: str, event: Event) -> Touchpoint:
        event.attributes["format"] = format_name
        if (rules := compiled.get(source)) is None:
            return Touchpoint("", "", "")
        for tests, says in rules.left(format_name, event.name):
            for test in tests:
                if not test(event):
                    break
            else:
                return says
        return rules.unmapped

    return classify


class _Compiled:
    """The rules of one source, put down to what is left of them for a format and a name.

    Most rules ask for the event's name or format first. What these two decide is decided once:
    rules that cannot match are gone, and after one that must match nothing is looked at.
    """

    def __init__(self, section: SourceRules) -> None:
        self._rules = section.rules
        self._section = section
        self.unmapped = Touchpoint("", section.channel, "")
        self.left = lru_cache(MAX_NAMES)(self._left)

    def _left(self, format_name: str, name: str) -> list[tuple[tuple[Predicate, ...], Touchpoint]]:
        known = Event("", name, 0, attributes={"format": format_name})
        left = []
        for rule in self._rules:
            decided = [_holds(field, test)(known) for field, test in _tests(rule, KNOWN)]
            if all(decided):
                open_tests = tuple(
                    _holds(field, test) for field, test in _tests(rule, KNOWN, False)
                )
                left.append((open_tests, _says(rule, self._section)))
                if not open_tests:
                    break
        return left


# Fields that are the same for all events of one format and name.
KNOWN = ("event", "format")


def _tests(rule: Rule, fields: Sequence[str], among: bool = True) -> Iterator[tuple[str, Test]]:
    """The rule's tests of these fields, or (not `among`) of all others."""
    return ((field, test) for field, test in rule.when.items() if (field in fields) is among)


def _says(rule: Rule, section: SourceRules) -> Touchpoint:
    return Touchpoint(
        rule.touchpoint or "", rule.channel or section.channel, rule.stage or "", rule.drop or ""
    )


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


def _holds(field: str, test: Test) -> Predicate:
    read = _OWN.get(field)
    if isinstance(test, Condition):
        parts = list(_parts(test))
        if read is None:
            return lambda event: all(part(event.attributes.get(field)) for part in parts)
        return lambda event: all(part(read(event)) for part in parts)
    wanted = frozenset(_text(item) for item in (test if isinstance(test, list) else [test]))
    if read is None:  # attributes are text already
        return lambda event: event.attributes.get(field, "") in wanted
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
