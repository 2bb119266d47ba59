"""`cjm sql`: one query, a table; or a prompt."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.table import Table

from cjm_tracker.cli.common import WarehouseOption, err, opened, out
from cjm_tracker.cli.dictionary import columns_of
from cjm_tracker.cli.prompt import Names, completing, history_file, statements, typed
from cjm_tracker.errors import WarehouseError, WarehouseRejected
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse, run_query
from cjm_tracker.warehouse.client import Table as Answer

# The one way to write that the engine's read-only mode lets through, comments between its words
# included.
OUTFILE = re.compile(r"\binto(\s|/\*.*?\*/|--[^\n]*\n)+outfile\b", re.IGNORECASE | re.DOTALL)


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


def sql(
    query: Annotated[
        str,
        typer.Argument(
            help="A SELECT over the views, see sql/cookbook.md; none: a prompt, or standard input."
        ),
    ] = "",
    warehouse: WarehouseOption = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
) -> None:
    """Query the warehouse: journeys, steps, touchpoints, customers, stage_funnel, …

    Reads only: the query cannot write, nor read files or the network.

    At the prompt the tabulator completes views, columns and functions; a
    semicolon ends a statement.

    Example: cjm sql "SELECT stage, journeys, went_on FROM stage_funnel ORDER BY stage_no"
    """
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        if query:
            print_answer(_answer(open_warehouse, query), form)
        elif sys.stdin.isatty():
            _converse(open_warehouse, form)
        else:
            for statement in statements(line.rstrip("\n") for line in sys.stdin):
                print_answer(_answer(open_warehouse, statement), form)


def _answer(warehouse: Warehouse, query: str) -> Answer:
    if OUTFILE.search(query):
        raise WarehouseRejected("INTO OUTFILE writes a file: use --format csv > FILE instead")
    return warehouse.query(query.strip().rstrip(";"), readonly=True)


def _converse(warehouse: Warehouse, form: Form) -> None:
    """Statement after statement; what is wrong with one ends nothing."""
    views: dict[str, list[str]] = {}
    for column in columns_of(warehouse):
        views.setdefault(column.view, []).append(column.name)
    functions = [row[0] for row in run_query(warehouse, "functions").rows]
    with completing(Names(views, functions), history_file()):
        for statement in statements(typed()):
            try:
                print_answer(_answer(warehouse, statement), form)
            except WarehouseError as error:
                err.print(str(error), markup=False)


def print_answer(answer: Answer, form: Form, names: int = 0) -> None:
    """An answer in the form asked for; its first `names` columns say what a row is."""
    if form is Form.table:
        print_table(answer, names)
    else:
        {Form.csv: _print_csv, Form.json: _print_json}[form](answer)


def print_table(answer: Answer, names: int = 0) -> None:
    """As a table on the console, numbers to the right; one too wide for it in several, each with
    the columns that say what a row is: the first `names`, or (0) what looks like it."""
    cells = [[shown(value) for value in row] for row in answer.rows]
    widths = [
        max(map(len, (name, *(row[place] for row in cells)))) + CELL
        for place, name in enumerate(answer.columns)
    ]
    for places in _side_by_side(widths, [*range(names)] or _naming(answer), out.width - CELL):
        table = Table(box=box.SIMPLE_HEAD)
        for place in places:
            numeric = any(isinstance(row[place], int | float) for row in answer.rows)
            table.add_column(
                answer.columns[place], justify="right" if numeric else "left", overflow="fold"
            )
        for row in cells:
            table.add_row(*(row[place] for place in places))
        out.print(table)


CELL = 3  # what a table puts between two columns


def _naming(answer: Answer) -> list[int]:
    """The columns that say what a row is: those up to the first words, one or two of them."""
    for place, value in enumerate(answer.rows[0][:2] if answer.rows else ()):
        if isinstance(value, str):
            return list(range(place + 1))
    return []


def _side_by_side(widths: Sequence[int], naming: list[int], width: int) -> list[list[int]]:
    """Columns in groups that fit, each beginning with those that name a row."""
    if sum(widths) <= width:
        return [list(range(len(widths)))]
    groups: list[list[int]] = []
    free = 0
    for place in (one for one in range(len(widths)) if one not in naming):
        if not groups or widths[place] > free:
            groups.append(list(naming))
            free = width - sum(widths[one] for one in naming)
        groups[-1].append(place)
        free -= widths[place]
    return groups


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


def shown(value: Any) -> str:
    """A value as the console has room for it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    return str(value)
