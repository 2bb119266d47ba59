"""`cjm grafana`: dashboards and alerts into a Grafana, and back. Provisioning files suffice too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker import dashboards
from cjm_tracker.cli.common import WarehouseOption, out
from cjm_tracker.dashboards import ALERTS, DASHBOARDS, Credentials, DataSource
from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.client import parse_dsn

app = typer.Typer(help="Grafana's dashboards and alerts.", no_args_is_help=True)


@app.callback()
def grafana() -> None:
    """Grafana's dashboards and alerts."""


UrlOption = Annotated[str, typer.Option("--url", help="Grafana's address, with its sub-path.")]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", envvar="CJM_GRAFANA_TOKEN", help="Of a service account."),
]
UserOption = Annotated[str | None, typer.Option("--user", help="Instead of a token.")]
PasswordOption = Annotated[
    str | None, typer.Option("--password", envvar="CJM_GRAFANA_PASSWORD", help="Of that user.")
]
DirectoryOption = Annotated[
    Path, typer.Option("--dir", help="The dashboards' files, and alerts.yaml if it lies there.")
]
AlertsOption = Annotated[bool, typer.Option("--alerts/--no-alerts", help="The alerts as well.")]


@app.command()
def push(
    url: UrlOption,
    token: TokenOption = None,
    user: UserOption = None,
    password: PasswordOption = None,
    datasource: Annotated[
        bool, typer.Option("--datasource", help="Also the data source, as --warehouse says.")
    ] = False,
    warehouse: WarehouseOption = None,
    directory: DirectoryOption = DASHBOARDS,
    alerts: AlertsOption = True,
) -> None:
    """Create or update dashboards and alerts, and with --datasource what they read from.

    The data source's user should read the views only: see deploy/clickhouse.
    """
    report = dashboards.push(
        url,
        _credentials(token, user, password),
        directory=directory,
        alerts=_alerts(directory) if alerts else None,
        datasource=_source(warehouse) if datasource else None,
    )
    for verb in ("created", "updated", "unchanged"):
        for name in getattr(report, verb):
            out.print(f"{verb} {name}")


@app.command()
def pull(
    url: UrlOption,
    to: Annotated[Path, typer.Option("--out", help="Directory to write to.")],
    token: TokenOption = None,
    user: UserOption = None,
    password: PasswordOption = None,
    directory: DirectoryOption = DASHBOARDS,
    alerts: AlertsOption = True,
) -> None:
    """Write dashboards and alerts as that Grafana has them, to keep what was changed there.

    Which dashboards is told by --dir; alerts are all those of the folder. What is pulled can be
    pushed (--dir), and alerts.yaml be mounted among provisioning/alerting.
    """
    written = dashboards.pull(
        url,
        _credentials(token, user, password),
        to,
        directory=directory,
        alerts=_alerts(directory) if alerts else None,
    )
    for path in written:
        out.print(f"wrote {path}", soft_wrap=True)


@app.command()
def check(
    url: UrlOption,
    token: TokenOption = None,
    user: UserOption = None,
    password: PasswordOption = None,
    directory: DirectoryOption = DASHBOARDS,
    alerts: AlertsOption = True,
) -> None:
    """Say what that Grafana has otherwise than the files; status 1 when anything is."""
    credentials = _credentials(token, user, password)
    found = dashboards.check(
        url, credentials, directory=directory, alerts=_alerts(directory) if alerts else None
    )
    for line in found:
        out.print(line, soft_wrap=True, markup=False)
    if found:
        raise typer.Exit(1)
    out.print("nothing differs")


def _alerts(directory: Path) -> Path:
    """Where generate.py and pull write them: beside dashboards of one's own."""
    beside = directory / "alerts.yaml"
    return beside if beside.is_file() else ALERTS


def _credentials(token: str | None, user: str | None, password: str | None) -> Credentials:
    if token is None and (user is None or password is None):
        raise ConfigError("no credentials: give --token, or --user and --password")
    return token if token is not None else (user or "", password or "")


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
