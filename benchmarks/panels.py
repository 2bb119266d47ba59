"""How long each panel of the dashboards takes on its default time range.

The slowest ones are what a person waits for: none should take longer than the limit.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from benchmarks import history
from benchmarks.measuring import Measured, alone, clocked, middle, show
from cjm_tracker.warehouse import Warehouse, connect, stitch
from tests.dashboards.board_files import Asked, alerts, boards, queries
from tests.dashboards.grafana_macros import ALL, Range, Value, expand

NOW = 1_800_000_000_000
LAST = datetime(2026, 6, 30, tzinfo=UTC)  # the end of the history
CUSTOMER = "SELECT customer_id FROM journey_log ORDER BY length(path) DESC LIMIT 1"


class Panel(NamedTuple):
    """One query as the engine gets it."""

    name: str
    sql: str


def panels(
    touchpoints: Annotated[int, typer.Option(help="How many.")] = 10_000_000,
    customers: Annotated[int, typer.Option(help="Of how many customers.")] = 500_000,
    runs: Annotated[int, typer.Option(help="The median of so many is shown.")] = 3,
    limit: Annotated[float, typer.Option(help="Seconds that a panel may take.")] = 1.0,
) -> None:
    """Every query of the dashboards and alerts: panels, variables, what is marked on the axis."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "warehouse"
        alone(_prepare, home, touchpoints, customers)
        taken: dict[str, Measured] = alone(_taken, home, runs)
    slowest = sorted(taken.items(), key=lambda one: one[1].seconds, reverse=True)
    show(
        f"Panels over {touchpoints:,} touchpoints of {customers:,} customers; median of {runs}",
        ["", "s", "CPU s", "/ limit"],
        [
            [name, f"{one.seconds:.2f}", f"{one.cpu_seconds:.2f}", f"{one.seconds / limit:.2f}"]
            for name, one in slowest
        ],
        f"The slowest takes {slowest[0][1].seconds / limit:.2f} of the {limit:g} s that it may;"
        f" {sum(one.seconds > limit for one in taken.values())} of {len(taken)} take longer.",
    )


def _prepare(home: Path, touchpoints: int, customers: int) -> None:
    history.make(home, touchpoints, customers, skewed=True)
    with connect(f"chdb:///{home}") as warehouse:
        stitch(warehouse, history.MAPPING, NOW, full=True)
        history.settle(warehouse, "journey_log", "identity_log")


def _taken(home: Path, runs: int) -> dict[str, Measured]:
    with connect(f"chdb:///{home}") as warehouse:
        return {
            panel.name: middle(
                [clocked(lambda sql=panel.sql: warehouse.query(sql)) for _ in range(runs)]  # type: ignore[misc]
            )
            for panel in asked(warehouse)
        }


def asked(warehouse: Warehouse) -> list[Panel]:
    """All queries there are, each SQL once, with the variables as they are when one looks."""
    ((customer,),) = warehouse.query(CUSTOMER).rows
    found: dict[str, Panel] = {}
    for one in queries():
        sql = expand(
            one.sql, _chosen(one, str(customer)), _range(boards()[one.board]["time"]["from"])
        )
        found.setdefault(sql, Panel(str(one).removesuffix("/A"), sql))
    for uid, rule in alerts().items():
        data = rule["data"][0]
        span = Range(LAST - timedelta(seconds=data["relativeTimeRange"]["from"]), LAST)
        sql = expand(data["model"]["rawSql"], {}, span)
        found.setdefault(sql, Panel(f"alert/{uid}", sql))
    return list(found.values())


def _range(written: str) -> Range:
    days = int(written.removeprefix("now-").removesuffix("d"))
    return Range(LAST - timedelta(days=days), LAST)


def _chosen(one: Asked, customer: str) -> dict[str, Value]:
    """Lists at all or at their first value; where one types, what a link would fill in."""
    values: dict[str, Value] = {
        variable["name"]: ALL if variable.get("includeAll") else ""
        for variable in boards()[one.board]["templating"]["list"]
    }
    for variable in boards()[one.board]["templating"]["list"]:
        if variable["type"] == "custom":
            values[variable["name"]] = variable["current"]["value"]
    linked: dict[str, Value] = {
        "definition": history.MAPPING.definitions[0].name,
        "customer": customer,
        "touchpoint": "touchpoint_1",
        "fix": "1",
    }
    return values | {name: linked[name] for name in values if name in linked}
