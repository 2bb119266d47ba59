"""One figure under several readings of who is who: its least, the configured, its greatest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cjm_tracker.identity.strictness import STRICTNESS, Strictness

Rows = Sequence[dict[str, Any]]

BANDED = ("journeys", "customers", "share", "of_previous")


def funnel_bands(funnels: Mapping[Strictness, Rows]) -> list[dict[str, Any]]:
    """A row a step of one funnel: each figure as configured, and its least and greatest."""
    return [
        {"step_no": rows[0]["step_no"], "step": rows[0]["step"]}
        | {name: value for figure in BANDED for name, value in _band(figure, rows).items()}
        for rows in zip(*(funnels[one] for one in STRICTNESS), strict=True)
    ]


def _band(figure: str, rows: Rows) -> dict[str, Any]:
    """What nobody could be asked is a gap (None), and no zero."""
    values = dict(zip(STRICTNESS, (row[figure] for row in rows), strict=True))
    known = [value for value in values.values() if value is not None]
    return {
        figure: values["default"],
        f"{figure}_low": min(known, default=None),
        f"{figure}_high": max(known, default=None),
    }
