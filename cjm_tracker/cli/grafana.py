"""`cjm grafana`: dashboards into an existing Grafana. Provisioning files alone suffice too."""

from __future__ import annotations

import typer

app = typer.Typer(help="Grafana's dashboards.", no_args_is_help=True)


@app.callback()
def grafana() -> None:
    """Grafana's dashboards."""
