"""What a check found: that all is well, or what is wrong and what to type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cjm_tracker.errors import CjmError

# skipped: there is nothing to look at, or no right to look.
Status = Literal["ok", "warn", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `cjm doctor`. `fix` is what to type or set; empty where nothing is to be done."""

    check: str
    status: Status
    found: str
    fix: str = ""


def ok(check: str, found: str) -> Finding:
    return Finding(check, "ok", found)


def warn(check: str, found: str, fix: str) -> Finding:
    return Finding(check, "warn", found, fix)


def fail(check: str, found: str, fix: str) -> Finding:
    return Finding(check, "fail", found, fix)


def skipped(check: str, found: str, fix: str = "") -> Finding:
    return Finding(check, "skipped", found, fix)


def in_one_line(error: CjmError) -> str:
    """What an error of ours says; of several wrong settings all."""
    return "; ".join(str(error).splitlines())


def guarded(check: str, look: Iterable[Finding]) -> Iterator[Finding]:
    """What a check finds; where it cannot be made, that: the next one is made nevertheless."""
    try:
        yield from look
    except CjmError as error:
        yield warn(check, f"not known: {in_one_line(error)}", "mend that, and ask again")


def numbers(version: str) -> tuple[int, ...]:
    """`26.9.6.6` and `12.0.0-pre` as numbers that compare; empty where it begins with none."""
    matched = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(map(int, matched[1].split("."))) if matched else ()
