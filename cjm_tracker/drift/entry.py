"""Cells of a map that has a row for each stage and lane; one touchpoint stands there as

    Service call (Phone) -0.40 ↩ Help read

Its name, then perhaps its channel, its emotion, and where journeys go back to from it.
"""

from __future__ import annotations

import re

ENTRY = re.compile(
    r"(?P<touchpoint>.+?)(?: \((?P<channel>[^()]*)\))?"
    r"(?: (?P<emotion>[+\-−]\d(?:[.,]\d+)?))?(?: ↩ (?P<loop_to>.+))?"
)


# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t")


def quoted(text: str) -> str:
    """A cell's text, with an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unquoted(text: str) -> str:
    """The same without the apostrophe."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def entry(
    touchpoint: str, channel: str = "", emotion: float | None = None, loop_to: str = ""
) -> str:
    """As it stands in a cell."""
    parts = [touchpoint]
    if channel:
        parts.append(f"({channel})")
    if emotion is not None:
        parts.append(f"{emotion:+.2f}")
    if loop_to:
        parts.append(f"↩ {loop_to}")
    return " ".join(parts)


def fields(written: str) -> dict[str, str]:
    """What an entry says, by the columns of a drawn map."""
    found = ENTRY.fullmatch(written.strip())
    said = found.groupdict(default="") if found else {"touchpoint": written.strip()}
    if emotion := said.get("emotion", ""):
        said["emotion"] = emotion.replace("−", "-").replace(",", ".")
    return said
