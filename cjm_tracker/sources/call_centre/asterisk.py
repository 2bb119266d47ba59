"""What Asterisk's logs share: columns, clocks, and who is on the line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence

from cjm_tracker.events import Identifier
from cjm_tracker.sources import FormatOptions
from cjm_tracker.sources.payload import amount, csv_rows, instant

Row = dict[str, str]
Layouts = Mapping[int, Sequence[str]]  # the columns, by their number: lines carry no header

LONGEST_EXTENSION = 5  # digits; a customer's number is longer
WITHHELD = ("", "anonymous", "unknown", "restricted", "unavailable", "private")
_EPOCH = re.compile(r"[0-9]{9,10}(\.[0-9]{1,6})?")


def rows(value: bytes, layouts: Layouts) -> list[Row]:
    """The lines of a record, each by its columns' names."""
    found = csv_rows(value, layouts.keys())
    return [dict(zip(layouts[len(row)], map(str.strip, row), strict=True)) for row in found]


def column(layouts: Layouts, *names: str) -> Callable[[bytes], bytes]:
    """What groups the lines of a file: the first of `names` that a line has, or all of it."""

    def key(line: bytes) -> bytes:
        try:
            fields = next(csv.reader([line.decode("utf-8", "replace")]), [])
        except csv.Error:
            return line
        row = dict(zip(layouts.get(len(fields), ()), fields, strict=False))
        return next((row[name].strip().encode() for name in names if row.get(name)), line)

    return key


def clock(written: str, field: str, options: FormatOptions) -> int:
    """A time as Asterisk writes it: local without zone, or seconds since 1970."""
    if _EPOCH.fullmatch(written):
        return int(amount(written, field) * 1000)
    return instant(written, field, options.timezone)


def direction(caller: str, dialled: str) -> str:
    """Whose call it is, by the length of the numbers: the logs themselves do not say."""
    if _is_outside(caller) or caller.casefold() in WITHHELD:
        return "inbound"
    return "outbound" if _is_outside(dialled) else "internal"


def customer(caller: str, dialled: str) -> tuple[Identifier, ...]:
    """The number on the customer's side; none within the house or where it is withheld."""
    number = dialled if direction(caller, dialled) == "outbound" else caller
    return (Identifier("phone", number),) if _is_outside(number) else ()


def extension(dialled: str) -> str:
    """What was dialled, unless it is a customer's number."""
    return "" if _is_outside(dialled) else dialled


def drop(way: str, outcome: str) -> str:
    """Why a call is no contact, if it is none."""
    if way == "internal":
        return "internal_call"
    return "outbound_call" if way == "outbound" and outcome != "answered" else ""


def _is_outside(number: str) -> bool:
    return sum(map(str.isdigit, number)) > LONGEST_EXTENSION
