"""Work done aside: in copies of the tables it would write to, which are gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Rows, Table, Warehouse
from cjm_tracker.warehouse.migrations import cluster_of


@contextmanager
def aside(
    warehouse: Warehouse,
    prefix: str,
    tables: Sequence[str],
    *,
    cloned: Sequence[str] = (),
    views: Sequence[str] = (),
) -> Iterator[Aside]:
    """The warehouse with copies of these tables, named with a prefix.

    They begin empty, but for those `cloned`, which share the parts of the original. `views` are
    there once more, over the copies. One at a time with one prefix.
    Raises ConfigError on a cluster: a copy of its tables is another name for the same pieces.
    """
    if cluster_of(warehouse):
        raise ConfigError(
            "what is done aside needs copies of tables, which a cluster's do not give"
        )
    copies = Aside(warehouse, (*tables, *views), prefix)
    _clear(warehouse, prefix, tables, views)  # one before may have been killed
    try:
        for original in tables:
            table = prefix + original
            how = f"CLONE AS {original}" if original in cloned else f"AS {original}"
            warehouse.command(f"CREATE TABLE {table} {how}")
        for view in views:
            warehouse.command(copies.of_copies(sql_text(f"views/{view}.sql")))
        yield copies
    finally:
        _clear(warehouse, prefix, tables, views)


def _clear(warehouse: Warehouse, prefix: str, tables: Sequence[str], views: Sequence[str]) -> None:
    for table in (prefix + view for view in views):
        warehouse.command(f"DROP VIEW IF EXISTS {table} SYNC")
    for table in (prefix + original for original in tables):
        warehouse.command(f"DROP TABLE IF EXISTS {table} SYNC")


class Aside(Warehouse):
    """The same warehouse to a statement that knows nothing of copies: it reads and writes them."""

    def __init__(self, warehouse: Warehouse, copied: Sequence[str], prefix: str) -> None:
        super().__init__(warehouse._client, warehouse.address)
        self._copied = frozenset(copied)
        self._prefix = prefix
        self._named = re.compile(rf"\b(FROM|JOIN|INTO|VIEW) +({'|'.join(copied)})\b( AS\b)?")

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        super().insert(self._copy(table), rows, once=once)

    def query(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, readonly: bool = False
    ) -> Table:
        return super().query(self.of_copies(sql), parameters, readonly=readonly)

    def numbers(
        self, sql: str, parameters: Mapping[str, Any], *types: type[np.integer[Any]]
    ) -> tuple[NDArray[Any], ...]:
        return super().numbers(self.of_copies(sql), parameters, *types)

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        written = re.search(r"^INSERT INTO (\w+)", sql, re.MULTILINE)
        self._copy(written[1] if written else "")
        super().command(self.of_copies(sql), parameters)

    def of_copies(self, sql: str) -> str:
        """The statement about the copies; its columns may be qualified by the original's name."""

        def copied(found: re.Match[str]) -> str:
            word, name, alias = found.groups()
            is_read = word in ("FROM", "JOIN")
            return f"{word} {self._prefix}{name}{alias or is_read * f' AS {name}'}"

        return self._named.sub(copied, sql)

    def _copy(self, table: str) -> str:
        """The copy's name. A dry run that would write anything else is a mistake of ours."""
        assert table in self._copied, f"a dry run may not write to {table}"
        return self._prefix + table
