"""The committed dashboards, as the tests look at them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

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
    """Those of all panels and of all variables."""
    found = [
        Asked(uid, panel["type"], panel["title"], target["refId"], target["rawSql"], panel)
        for uid, panel in panels()
        for target in panel["targets"]
    ]
    for uid in boards():
        for name, variable in variables(uid).items():
            if variable["type"] == "query":
                sql = variable["query"]["rawSql"]
                found.append(Asked(uid, "variable", name, "A", sql, variable))
    return found


def query(board: str, name: str, ref: str = "A") -> Asked:
    return next(q for q in queries() if (q.board, q.name, q.ref) == (board, name, ref))
