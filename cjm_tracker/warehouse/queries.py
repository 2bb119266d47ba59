"""Named queries: the files of `sql/queries`, run with bound parameters."""

from __future__ import annotations

from typing import Any

from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Table, Warehouse


def run_query(warehouse: Warehouse, name: str, **parameters: Any) -> Table:
    """The answer of `sql/queries/NAME.sql`."""
    return warehouse.query(sql_text(f"queries/{name}.sql").rstrip().rstrip(";"), parameters)
