"""`cjm fix`: what was changed at a touchpoint, so that before can be set beside after."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from cjm_tracker.cli.common import JsonOption, WarehouseOption, now_ms, opened, out
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import InputError
from cjm_tracker.measures import Scope
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.fixes import Fix, fixes, register

app = typer.Typer(help="What was changed at touchpoints, to see what it did.", no_args_is_help=True)

# What a fix may be for: what is so before it begins. Its touchpoint is said apart, and whether a
# journey converts is what comes of it.
CONDITIONS = {
    "channels": "channel",
    "sources": "source",
    "stages": "stage",
    "customers": "customer",
    "attributes": "attribute.NAME",
}


@app.command()
def add(
    touchpoint: Annotated[str, typer.Option(metavar="NAME", help="Where something was changed.")],
    at: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="Since when it holds for customers, UTC.",
        ),
    ],
    what: Annotated[str, typer.Option(metavar="TEXT", help="What was changed.")],
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who changed it; else your login name.")
    ] = None,
    for_: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="NAME=VALUE",
            help="For whom only: channel, source, stage, customer, attribute.NAME; several values "
            "with commas. May be repeated: all must hold.",
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
) -> None:
    """Register a change: where, since when, for whom.

    Then: cjm measure before_after --set fix=NUMBER

    Example: cjm fix add --touchpoint help_read --at 2026-09-15 --what "shorter articles"
    """
    fix = Fix(
        touchpoint, at.replace(tzinfo=UTC), who or getpass.getuser(), what, **conditions(for_ or [])
    )
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        number = register(open_warehouse, fix, datetime.fromtimestamp(now_ms() / 1000, UTC))
    if json:
        print(as_json({"fix": number}))
    else:
        out.print(f"fix {number}: cjm measure before_after --set fix={number}")


@app.command("list")
def list_(warehouse: WarehouseOption = None, json: JsonOption = False) -> None:
    """List what was changed, by whom, since when and for whom."""
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        kept = fixes(open_warehouse)
    if json:
        print(as_json(kept))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("fix", "touchpoint", "since (UTC)", "what", "who", "for"):
        table.add_column(heading, justify="right" if heading == "fix" else "left", overflow="fold")
    for row in kept:
        since = f"{row['fixed_at']:%Y-%m-%d %H:%M}"
        table.add_row(
            str(row["fix"]), row["touchpoint"], since, row["what"], row["who"], _for_whom(row)
        )
    out.print(table)


def conditions(written: list[str]) -> dict[str, Any]:
    """What `--for` says, by the fields of a `Fix`; an `InputError` where that is no condition."""
    scope, nothing = Scope.of(written), Scope()
    asked = {
        name: getattr(scope, name)
        for name in Scope.__dataclass_fields__
        if getattr(scope, name) != getattr(nothing, name)
    }
    if asked.keys() - CONDITIONS.keys():
        raise InputError(f"for: a fix is for those of a {', '.join(CONDITIONS.values())}")
    return asked


def _for_whom(row: dict[str, Any]) -> str:
    """As it would be written."""
    said = {word: row[field] for field, word in CONDITIONS.items() if field != "attributes"}
    for name, value in row["attributes"]:
        said.setdefault(f"attribute.{name}", []).append(value)
    return (
        " ".join(f"{word}={','.join(each)}" for word, each in said.items() if each) or "everybody"
    )
