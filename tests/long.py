"""What runs every time, and what with `--long` only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(every: int, values: Iterable[Any]) -> list[Any]:
    """Values of a parameter: the first of so many runs every time, the others with `--long`."""
    return [
        pytest.param(value, marks=pytest.mark.long) if place % every else value
        for place, value in enumerate(values)
    ]
