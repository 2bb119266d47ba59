"""Folder, data source, dashboards and alerts into a Grafana: made where missing, else renewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cjm_tracker.dashboards.alerts import group_path, read_alerts
from cjm_tracker.dashboards.client import Credentials, Grafana
from cjm_tracker.dashboards.files import ALERTS, DASHBOARDS, checked_uid, read_boards
from cjm_tracker.dashboards.source import NAME, DataSource

FOLDER = "Customer journeys"
FOLDER_UID = "cjm"
# Else what came by the API could not be changed by hand there, as dashboards can.
EDITABLE = {"X-Disable-Provenance": "true"}


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
    alerts: Path | None = ALERTS,
    folder: str = FOLDER,
    folder_uid: str = FOLDER_UID,
    datasource: DataSource | None = None,
) -> PushReport:
    """Bring a Grafana to the dashboards in `directory`, and the rules of the provisioning file
    `alerts`, if given. Running it again does no harm.

    `token_or_basic` is a service account's token, or (user, password). Without `datasource`, the
    one with the uid `cjm-clickhouse` is left as it is; with one, the dashboards ask that.
    Everything local is checked before the first request.
    """
    boards = list(read_boards(directory))
    groups = read_alerts(alerts).posted(folder_uid) if alerts else []
    for uid in (folder_uid, datasource.uid if datasource else NAME):
        checked_uid(uid, "the command line")
    grafana = Grafana(url, token_or_basic)
    report = _put_folder(grafana, PushReport(), folder, folder_uid)
    if datasource:
        report = _put_source(grafana, report, datasource)
    for board in boards:
        chosen = _asking(board, datasource) if datasource else board
        report = _put_dashboard(grafana, report, chosen, folder_uid)
    for group in groups:
        report = _put_alerts(grafana, report, _alerting(group, datasource))
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


def _put_alerts(grafana: Grafana, report: PushReport, group: dict[str, Any]) -> PushReport:
    what = f"alerts {group['title']}"
    path = group_path(group["folderUid"], group["title"])
    there = grafana.get(path, f"looking for the {what}")
    grafana.put(path, group, f"saving the {what}", EDITABLE)
    if there is None:
        return replace(report, created=(*report.created, what))
    return replace(report, updated=(*report.updated, what))


def _alerting(group: dict[str, Any], source: DataSource | None) -> dict[str, Any]:
    """The rules with their queries asking this data source."""
    if not source:
        return group

    def asking(data: dict[str, Any]) -> dict[str, Any]:
        if data["datasourceUid"] != NAME:
            return data
        model = {**data["model"], "datasource": {**data["model"]["datasource"], "uid": source.uid}}
        return {**data, "datasourceUid": source.uid, "model": model}

    rules = [{**rule, "data": [asking(data) for data in rule["data"]]} for rule in group["rules"]]
    return {**group, "rules": rules}


def _asking(board: dict[str, Any], source: DataSource) -> dict[str, Any]:
    """The dashboard with this data source chosen when it is opened."""
    current = {"selected": True, "text": source.name, "value": source.uid}
    variables = [
        {**variable, "current": current} if variable.get("type") == "datasource" else variable
        for variable in board.get("templating", {}).get("list", [])
    ]
    return {**board, "templating": {**board.get("templating", {}), "list": variables}}
