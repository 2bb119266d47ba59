"""Tables of measures: which columns a panel shows, by the measure's own names."""

from __future__ import annotations

from typing import Any

from generator import panels
from generator.columns import Column
from generator.rendering import Expressions, measured, query
from generator.texts import Texts


def of_measure(
    key: str,
    texts: Texts,
    name: str,
    columns: str,
    rest: str = "",
    given: Expressions | None = None,
    **written: str,
) -> Any:
    """The measure's columns of these names; NAME=EXPRESSION where it is another, without spaces."""
    pairs = [column.partition("=") for column in columns.split()]
    asked = ", ".join(f"{value} AS {one}" if value else f"`{one}`" for one, _, value in pairs)
    sql = measured(name, asked, rest, given, **written)
    return panels.rows(key, texts, sql, " ".join(one for one, _, _ in pairs))


def of_query(key: str, texts: Texts, names: str, sql: str = "", **others: Column) -> Any:
    """The columns of `grafana_KEY.sql`."""
    return panels.rows(key, texts, sql or query(key), names, **others)
