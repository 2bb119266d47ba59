"""One test of one field, as a function of the field's value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fnmatch import translate

from cjm_tracker.touchpoints.rules import Condition, Test, regex

Holds = Callable[[object], bool]


def condition(test: Test) -> Holds:
    """Whether a value passes the test."""
    if not isinstance(test, Condition):
        wanted = equals(test)
        return lambda value: as_text(value) in wanted
    parts = list(_parts(test))
    if len(parts) == 1:
        return parts[0]
    return lambda value: all(part(value) for part in parts)


def equals(test: str | int | float | list[str | int | float]) -> frozenset[str]:
    """The texts that an equality asks for."""
    return frozenset(as_text(item) for item in (test if isinstance(test, list) else [test]))


def _parts(test: Condition) -> Iterator[Holds]:
    if (prefix := test.prefix) is not None:
        yield lambda value: as_text(value).startswith(prefix)
    if (suffix := test.suffix) is not None:
        yield lambda value: as_text(value).endswith(suffix)
    if test.contains is not None:
        part = test.contains.casefold()
        yield lambda value: part in as_text(value).casefold()
    if test.glob is not None:
        fits = re.compile(translate(test.glob)).match
        yield lambda value: fits(as_text(value)) is not None
    if test.regex is not None:
        pattern = regex(test.regex)
        yield lambda value: pattern.isinstance_python(as_text(value))
    if (low := test.min) is not None:
        yield lambda value: (number := _number(value)) is not None and number >= low
    if (high := test.max) is not None:
        yield lambda value: (number := _number(value)) is not None and number <= high
    if (present := test.present) is not None:
        yield lambda value: (value not in (None, "")) is present
    if test.not_ is not None:
        inner = condition(test.not_)
        yield lambda value: not inner(value)


def as_text(value: object) -> str:
    """A value as rules write it: 5, 5.0 and 5.00 are one number."""
    if type(value) is str:
        return value
    if isinstance(value, (float, Decimal)):
        return format(Decimal(str(value)).normalize() + 0, "f")
    return "" if value is None else str(value)


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
