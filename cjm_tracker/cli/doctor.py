"""`cjm doctor`: is this installation well, and what is to be typed where it is not?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cjm_tracker.cli.common import JsonOption, MappingOption, WarehouseOption, now_ms, out
from cjm_tracker.cli.delivery import BrokerOption, plain
from cjm_tracker.cli.sql import as_json
from cjm_tracker.dashboards.client import Credentials
from cjm_tracker.doctor import Finding, examine

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "skipped": "dim"}


def doctor(
    warehouse: WarehouseOption = None,
    broker: BrokerOption = None,
    mapping: MappingOption = None,
    grafana: Annotated[
        str | None,
        typer.Option("--grafana", metavar="URL", envvar="CJM_GRAFANA_URL", help="Look there, too."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="CJM_GRAFANA_TOKEN", help="Of a service account."),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", envvar="CJM_GRAFANA_USER", help="Instead of a token.")
    ] = None,
    password: Annotated[
        str | None, typer.Option("--password", envvar="CJM_GRAFANA_PASSWORD", help="Of that user.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Look at the whole installation: what is well, what is not, and what to type.

    Settings, mapping, broker, topics, workers, warehouse, schema, stitching,
    feeds, dead letters, Grafana. Each is looked at whatever the others say, in
    some seconds. Nothing is written.

    Exit status 1 when a check fails; a warning is none.
    """
    given = {"warehouse": warehouse, "broker": broker, "mapping": mapping}
    login: Credentials | None = token or ((user, password) if user and password else None)
    found = examine(given, now_ms, grafana=grafana, credentials=login)
    if json:
        print(as_json([asdict(one) for one in found]))
    else:
        _tell(found)
    if any(one.status == "fail" for one in found):
        raise typer.Exit(1)


def _tell(found: Sequence[Finding]) -> None:
    grid = Table(box=None, show_header=False, pad_edge=False)
    for wraps in (False, False, True):
        grid.add_column(no_wrap=not wraps, overflow="fold")
    for one in found:
        text = plain(one.found)
        if one.fix:
            text = Text("\n").join(
                (text, plain(f"→ {one.fix}", "bold" * (one.status != "skipped")))
            )
        grid.add_row(plain(one.status, STYLES[one.status]), plain(one.check), text)
    out.print(grid)
    counts = Counter[str](one.status for one in found)
    shown = ", ".join(f"{counts[status]} {status}" for status in STYLES if counts[status])
    out.print(f"\n{len(found)} checks: {shown}")
