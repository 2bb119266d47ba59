"""`cjm grafana`: dashboards into an existing Grafana. Provisioning files alone suffice too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.cli.common import WarehouseOption, out
from cjm_tracker.dashboards import DASHBOARDS, DataSource
from cjm_tracker.dashboards import push as push_dashboards
from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.client import parse_dsn

app = typer.Typer(help="Grafana's dashboards.", no_args_is_help=True)


@app.callback()
def grafana() -> None:
    """Grafana's dashboards."""


@app.command()
def push(
    url: Annotated[str, typer.Option("--url", help="Grafana's address, with its sub-path.")],
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="CJM_GRAFANA_TOKEN", help="Of a service account."),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Instead of a token.")] = None,
    password: Annotated[
        str | None, typer.Option("--password", envvar="CJM_GRAFANA_PASSWORD", help="Of that user.")
    ] = None,
    datasource: Annotated[
        bool, typer.Option("--datasource", help="Also the data source, as --warehouse says.")
    ] = False,
    warehouse: WarehouseOption = None,
    directory: Annotated[Path, typer.Option("--dir", help="Dashboards to push.")] = DASHBOARDS,
) -> None:
    """Create or update the dashboards, and with --datasource what they read from.

    The data source's user should read the views only: see deploy/clickhouse.
    """
    if token is None and (user is None or password is None):
        raise ConfigError("no credentials: give --token, or --user and --password")
    credentials = token if token is not None else (user or "", password or "")
    source = _source(warehouse) if datasource else None
    report = push_dashboards(url, credentials, directory=directory, datasource=source)
    for verb in ("created", "updated", "unchanged"):
        for name in getattr(report, verb):
            out.print(f"{verb} {name}")


def _source(warehouse: str | None) -> DataSource:
    address = parse_dsn(load_settings(warehouse=warehouse).warehouse.get_secret_value())
    if address.directory:
        raise ConfigError("--datasource: Grafana cannot read an embedded warehouse")
    return DataSource(
        host=address.host,
        port=address.port,
        protocol="http",
        username=address.user,
        password=address.password,
        database=address.database,
        secure=address.secure,
    )
