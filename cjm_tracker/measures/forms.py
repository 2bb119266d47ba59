"""How a person writes a parameter, and what is bound for it.

Each form takes the parameter's name, what was written, and the journey definition in force, and
gives the values to bind by name; it raises `ValueError` with what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from cjm_tracker.durations import seconds
from cjm_tracker.journeys import JourneyDefinition

Form = Literal[
    "text", "list", "steps", "number", "money", "share", "duration", "durations", "hours", "zone"
]  # fmt: skip
Bound = dict[str, Any]

MAX_STEPS = 20
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _text(name: str, written: str, _: JourneyDefinition) -> Bound:
    return {name: written}


def _list(name: str, written: str, _: JourneyDefinition) -> Bound:
    return {name: [part.strip() for part in written.split(",") if part.strip()]}


def _steps(name: str, written: str, definition: JourneyDefinition) -> Bound:
    """`a|b, c?, d`: any of a and b, then perhaps c, then d. `stages`: those of the definition."""
    if written == "stages":
        steps = [[stage] for stage in definition.stages]
        optional = [stage in definition.optional_stages for stage in definition.stages]
        optional[0] = False  # what may be left out cannot begin
    else:
        parts = [part.strip() for part in written.split(",") if part.strip()]
        optional = [part.endswith("?") for part in parts]
        steps = [part.removesuffix("?").split("|") for part in parts]
    if not 2 <= len(steps) <= MAX_STEPS:
        raise ValueError(f"{len(steps)} of them: 2 to {MAX_STEPS} are needed")
    if optional[0]:
        raise ValueError("the first one cannot be left out: time runs from it")
    return {name: steps, "optional": [int(one) for one in optional]}


def _number(name: str, written: str, _: JourneyDefinition) -> Bound:
    if not re.fullmatch(r"\d{1,9}", written):
        raise ValueError(f"'{written}' is no whole number")
    return {name: int(written)}


def _money(name: str, written: str, _: JourneyDefinition) -> Bound:
    if not re.fullmatch(r"\d{1,12}(\.\d{1,4})?", written):
        raise ValueError(f"'{written}' is no amount such as 4 or 4.50")
    return {name: float(written)}


def _share(name: str, written: str, _: JourneyDefinition) -> Bound:
    try:
        share = float(written)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"'{written}' is no share from 0 to 1")
    return {name: share}


def _duration(name: str, written: str, _: JourneyDefinition) -> Bound:
    return {name: _seconds(written)}


def _durations(name: str, written: str, _: JourneyDefinition) -> Bound:
    return {name: sorted(_seconds(part.strip()) for part in written.split(","))}


def _seconds(written: str) -> float:
    length = 0.0 if written == "0" else seconds(written)
    if length is None:
        raise ValueError(f"'{written}' is no duration such as 90s, 30m, 12h, 7d")
    return length


def _hours(name: str, written: str, _: JourneyDefinition) -> Bound:
    """`always`, or days and times of the day as in `mon-fri 09:00-18:00`."""
    if written == "always":
        return {"days": list(range(1, 8)), "opens_s": 0, "closes_s": 86_400}
    parts = re.fullmatch(r"(\w{3})-(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d)", written.lower())
    if not parts or parts[1] not in DAYS or parts[2] not in DAYS:
        raise ValueError(f"'{written}' is not always, nor hours such as mon-fri 09:00-18:00")
    first, last = DAYS.index(parts[1]), DAYS.index(parts[2])
    opens, closes = (int(parts[at]) * 3600 + int(parts[at + 1]) * 60 for at in (3, 5))
    if first > last or not 0 <= opens < closes <= 86_400:
        raise ValueError(f"'{written}': the first comes before the last, on one day or in one week")
    return {"days": list(range(first + 1, last + 2)), "opens_s": opens, "closes_s": closes}


def _zone(name: str, written: str, _: JourneyDefinition) -> Bound:
    if written not in available_timezones():
        raise ValueError(f"'{written}' is no time zone such as Europe/Sofia")
    return {name: ZoneInfo(written).key}


FORMS: dict[Form, Callable[[str, str, JourneyDefinition], Bound]] = {
    "text": _text,
    "list": _list,
    "steps": _steps,
    "number": _number,
    "money": _money,
    "share": _share,
    "duration": _duration,
    "durations": _durations,
    "hours": _hours,
    "zone": _zone,
}
