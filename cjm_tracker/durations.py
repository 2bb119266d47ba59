"""Durations as people write them: 90s, 30m, 12h, 14d."""

from __future__ import annotations

import re

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(written: str) -> float | None:
    """How long that is; None where it is no duration."""
    matched = re.fullmatch(r"(\d{1,9})([smhd])", written)
    return float(int(matched[1]) * UNITS[matched[2]]) if matched else None
