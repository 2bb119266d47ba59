"""Rows of the tables that Fivetran keeps: exports with a header line, their times in UTC."""

from __future__ import annotations

from typing import NamedTuple

from cjm_tracker.sources import framing
from cjm_tracker.sources.payload import named_cells, text

frames = framing.headed_rows(framing.table_rows())


class Row(NamedTuple):
    """The columns of the table, by which it is known, and the row's cells that are filled."""

    columns: frozenset[str]
    cells: dict[str, str]


def row(value: bytes) -> Row:
    """The row of a record. Its times carry no zone, so it is told them here."""
    cells = named_cells(text(value))
    filled = {name: _zoned(name, cell) for name, cell in cells.items() if cell}
    return Row(frozenset(cells), filled)


def _zoned(name: str, cell: str) -> str:
    return f"{cell}+00:00" if name.endswith("_at") else cell
