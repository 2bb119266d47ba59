"""Folder, data source and dashboards into a running Grafana: made where missing, else renewed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cjm_tracker.dashboards.client import Credentials, Grafana
from cjm_tracker.dashboards.source import NAME, DataSource
from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import DEPLOY

DASHBOARDS = DEPLOY / "grafana" / "dashboards"
FOLDER = "Customer journeys"
FOLDER_UID = "cjm"


@dataclass(frozen=True, slots=True)
class PushReport:
    """What became of each thing: `folder cjm`, `data source cjm-clickhouse`, …"""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def push(
    url: str,
    token_or_basic: Credentials,
    *,
    directory: Path = DASHBOARDS,
    folder: str = FOLDER,
    folder_uid: str = FOLDER_UID,
    datasource: DataSource | None = None,
) -> PushReport:
    """Bring a Grafana to the dashboards in `directory`. Running it again does no harm.

    `token_or_basic` is a service account's token, or (user, password). Without `datasource`, the
    one with the uid `cjm-clickhouse` is left as it is; with one, the dashboards ask that.
    Everything local is checked before the first request.
    """
    boards = list(_read(directory))
    for uid in (folder_uid, datasource.uid if datasource else NAME):
        _checked_uid(uid, "the command line")
    grafana = Grafana(url, token_or_basic)
    report = _put_folder(grafana, PushReport(), folder, folder_uid)
    if datasource:
        report = _put_source(grafana, report, datasource)
    for board in boards:
        chosen = _asking(board, datasource) if datasource else board
        report = _put_dashboard(grafana, report, chosen, folder_uid)
    return report


def _put_folder(grafana: Grafana, report: PushReport, title: str, uid: str) -> PushReport:
    what = f"folder {uid}"
    there = grafana.get(f"/folders/{uid}", f"looking for the {what}")
    if there is None:
        grafana.post("/folders", {"uid": uid, "title": title}, f"making the {what}")
        return replace(report, created=(*report.created, what))
    if there.get("title") == title:
        return replace(report, unchanged=(*report.unchanged, what))
    body = {"title": title, "overwrite": True}
    grafana.put(f"/folders/{uid}", body, f"renaming the {what}")
    return replace(report, updated=(*report.updated, what))


def _put_source(grafana: Grafana, report: PushReport, source: DataSource) -> PushReport:
    what = f"data source {source.uid}"
    path = f"/datasources/uid/{source.uid}"
    there = grafana.get(path, f"looking for the {what}")
    if there is None:
        grafana.post("/datasources", source.body(), f"making the {what}")
        return replace(report, created=(*report.created, what))
    if there.get("readOnly"):
        # Provisioned from a file, which alone may change it.
        return replace(report, unchanged=(*report.unchanged, what))
    body = {**source.body(), "isDefault": bool(there.get("isDefault"))}
    grafana.put(path, body, f"changing the {what}")
    return replace(report, updated=(*report.updated, what))


def _put_dashboard(
    grafana: Grafana, report: PushReport, board: dict[str, Any], folder_uid: str
) -> PushReport:
    what = f"dashboard {board['uid']}"
    there = grafana.get(f"/dashboards/uid/{board['uid']}", f"looking for the {what}")
    body = {
        # An id would mean a numeric one of that Grafana's own.
        "dashboard": {**board, "id": None},
        "folderUid": folder_uid,
        "overwrite": True,
        "message": "cjm grafana push",
    }
    grafana.post("/dashboards/db", body, f"saving the {what}")
    if there is None:
        return replace(report, created=(*report.created, what))
    return replace(report, updated=(*report.updated, what))


def _asking(board: dict[str, Any], source: DataSource) -> dict[str, Any]:
    """The dashboard with this data source chosen when it is opened."""
    current = {"selected": True, "text": source.name, "value": source.uid}
    variables = [
        {**variable, "current": current} if variable.get("type") == "datasource" else variable
        for variable in board.get("templating", {}).get("list", [])
    ]
    return {**board, "templating": {**board.get("templating", {}), "list": variables}}


def _read(directory: Path) -> Iterable[dict[str, Any]]:
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise ConfigError(f"grafana: no dashboards (*.json) in {directory}")
    for path in paths:
        try:
            board = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"grafana: {path}: {error}") from None
        if not isinstance(board, dict):
            raise ConfigError(f"grafana: {path}: no dashboard")
        _checked_uid(board.get("uid"), str(path))
        yield board


def _checked_uid(uid: object, where: str) -> None:
    """Ids go into addresses, where a slash or a dot would name something else."""
    if not isinstance(uid, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
        raise ConfigError(
            f"grafana: {where}: an id has 1 to 40 letters, digits, - and _, not {str(uid)[:60]!r}"
        )
