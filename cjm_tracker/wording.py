"""How numbers are put into words."""

from __future__ import annotations


def seconds(count: float) -> str:
    """A span of time, in the unit a person would use."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if count >= 2 * size:
            return f"{count / size:.0f} {unit}"
    return f"{count:.0f} s"
