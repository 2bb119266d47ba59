"""`cjm dictionary`: what the views and the measures mean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.cli.common import WarehouseOption, opened
from cjm_tracker.contract import Column, dictionary, promised, raised
from cjm_tracker.errors import InputError
from cjm_tracker.measures import measures
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse, run_query


def print_dictionary(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
    warehouse: WarehouseOption = None,
    contract: Annotated[
        bool,
        typer.Option(
            "--contract",
            help="Instead, as JSON, views with their columns and types, under the next version.",
        ),
    ] = False,
) -> None:
    """Every view, column and measure and what it means, as a data dictionary in Markdown.

    Example: cjm dictionary -o DICTIONARY.md
    """
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        columns = columns_of(open_warehouse)
    if contract:
        text = raised(promised(), columns).model_dump_json(indent=1) + "\n"
    else:
        text = dictionary(promised().version, columns, measures().values())
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None


def columns_of(warehouse: Warehouse) -> list[Column]:
    """Every column of every view that is there."""
    return [Column(*row) for row in run_query(warehouse, "contract").rows]
