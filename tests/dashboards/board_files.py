"""The committed dashboards, as the tests look at them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from cjm_tracker.dashboards.files import ALERTS
from cjm_tracker.resources import DEPLOY, SQL

GRAFANA = DEPLOY / "grafana"
VIEWS = {path.stem for path in (SQL / "views").glob("*.sql")}

Board = dict[str, Any]


class Asked(NamedTuple):
    """One query of one dashboard, with the panel (or variable) that asks it."""

    board: str
    kind: str
    name: str
    ref: str
    sql: str
    panel: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.board}/{self.name}/{self.ref}"


@cache
def boards() -> dict[str, Board]:
    paths = sorted((GRAFANA / "dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for uid, board in boards().items():
        for panel in board["panels"]:
            yield uid, panel


def variables(uid: str) -> dict[str, dict[str, Any]]:
    return {variable["name"]: variable for variable in boards()[uid]["templating"]["list"]}


def queries() -> list[Asked]:
    """Those of all panels, of all variables, and of what is marked on the time axis."""
    found = [
        Asked(uid, panel["type"], panel["title"], target["refId"], target["rawSql"], panel)
        for uid, panel in panels()
        for target in panel["targets"]
    ]
    for uid, board in boards().items():
        found += [
            Asked(uid, "annotation", event["name"], "A", event["target"]["rawSql"], event)
            for event in board["annotations"]["list"]
        ]
        for name, variable in variables(uid).items():
            if variable["type"] == "query":
                sql = variable["query"]["rawSql"]
                found.append(Asked(uid, "variable", name, "A", sql, variable))
    return found


@cache
def alert_groups() -> list[dict[str, Any]]:
    """As the provisioning file has them."""
    said = YAML(typ="safe").load(ALERTS.read_text(encoding="utf-8"))
    return list(said["groups"])


def alerts() -> dict[str, dict[str, Any]]:
    """The rules by uid."""
    return {rule["uid"]: rule for group in alert_groups() for rule in group["rules"]}


def query(board: str, name: str, ref: str = "A") -> Asked:
    return next(q for q in queries() if (q.board, q.name, q.ref) == (board, name, ref))
