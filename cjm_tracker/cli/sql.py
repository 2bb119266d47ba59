"""`cjm sql`: one query, a table."""

from __future__ import annotations

import csv
import re
import sys
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.table import Table

from cjm_tracker.cli.common import WarehouseOption, opened, out
from cjm_tracker.errors import WarehouseRejected
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.client import Table as Answer

# The one way to write that the engine's read-only mode lets through, comments between its words
# included.
OUTFILE = re.compile(r"\binto(\s|/\*.*?\*/|--[^\n]*\n)+outfile\b", re.IGNORECASE | re.DOTALL)


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT over the views; see sql/README.md.")],
    warehouse: WarehouseOption = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
) -> None:
    """Query the warehouse: journeys, steps, touchpoints, customers, stage_funnel, …

    Reads only: the query cannot write, nor read files or the network.

    Example: cjm sql "SELECT stage, journeys, went_on FROM stage_funnel ORDER BY stage_no"
    """
    if OUTFILE.search(query):
        raise WarehouseRejected("INTO OUTFILE writes a file: use --format csv > FILE instead")
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        answer = open_warehouse.query(query.strip().rstrip(";"), readonly=True)
    print_answer(answer, form)


def print_answer(answer: Answer, form: Form) -> None:
    """An answer in the form asked for."""
    {Form.table: print_table, Form.csv: _print_csv, Form.json: _print_json}[form](answer)


def print_table(answer: Answer) -> None:
    """As a table on the console; numbers to the right."""
    table = Table(box=box.SIMPLE_HEAD)
    for place, name in enumerate(answer.columns):
        numeric = bool(answer.rows) and isinstance(answer.rows[0][place], (int, float))
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(_shown(value) for value in row))
    out.print(table)


def _print_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows(answer.rows)


def _print_json(answer: Answer) -> None:
    sys.stdout.write(as_json(answer.dicts()) + "\n")


def as_json(document: Any) -> str:
    """As JSON text; decimals as numbers, times in ISO 8601."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(document, default=_plain, option=options).decode()


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else float(value)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return str(value)
