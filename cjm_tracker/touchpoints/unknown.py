"""What rules ask for and no format can answer: nearly always a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from cjm_tracker.touchpoints.conditions import condition, equals
from cjm_tracker.touchpoints.fields import DERIVED, OWN, bases
from cjm_tracker.touchpoints.rules import Condition, Groups, When

# The attributes of each format that a record may be in; None: it does not say, and may give any.
Given = Mapping[str, frozenset[str] | None]

EVERYWHERE = ("format", *OWN)


class Unknown(NamedTuple):
    """A name that means nothing; an empty one where no format is all that is asked for."""

    kind: Literal["field", "format"]
    name: str
    formats: tuple[str, ...]  # those that were to give it
    known: tuple[str, ...]  # what could have been asked for
    certain: bool  # none of the formats keeps silent on what it gives


def unknown(when: When, groups: Groups, given: Given) -> Iterator[Unknown]:
    """What a rule asks for in vain. A condition on the format rules out what others give."""
    wrong = sorted(_formats(when) - given.keys())
    for name in wrong:
        yield Unknown("format", name, (), tuple(given), True)
    left = {name: said for name, said in given.items() if _can_be(when, groups, name)}
    if given and not left and not wrong:
        yield Unknown("format", "", (), tuple(given), True)
    for part in _together(when, groups):
        yield from not_given(part.tests, left)
    for inner in [*(when.any_ or ()), *([when.not_] if when.not_ else ())]:
        yield from unknown(inner, groups, left)


def not_given(fields: Iterable[str], given: Given) -> Iterator[Unknown]:
    """The fields that none of these formats gives, nor what they are found out from."""
    attributes = {name for said in given.values() for name in said or ()}
    for field in fields if given else ():
        if field not in EVERYWHERE and attributes.isdisjoint(bases([field])):
            known = (*EVERYWHERE, *DERIVED, *sorted(attributes))
            yield Unknown("field", field, tuple(given), known, None not in given.values())


def _formats(when: When) -> frozenset[str]:
    """The formats that are asked for by name."""
    named = when.tests.get("format", [])
    return frozenset() if isinstance(named, Condition) else equals(named)


def _can_be(when: When, groups: Groups, name: str) -> bool:
    """Whether every condition on the format holds for it."""
    parts = [part.tests for part in _together(when, groups)]
    return all(condition(tests["format"])(name) for tests in parts if "format" in tests)


def _together(when: When, groups: Groups) -> Iterator[When]:
    """The lists of conditions that must hold at once."""
    yield when
    for inner in [*(when.all_ or ()), *(groups[name] for name in when.groups)]:
        yield from _together(inner, groups)
