"""A Grafana against the files: what it has otherwise, and what it has back into files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cjm_tracker.dashboards.alerts import AlertFile, group_path, read_alerts
from cjm_tracker.dashboards.client import Credentials, Grafana
from cjm_tracker.dashboards.files import ALERTS, DASHBOARDS, read_boards
from cjm_tracker.dashboards.push import FOLDER_UID
from cjm_tracker.errors import ConfigError

# A Grafana's own: its number, how often it was saved, and what was last chosen in it.
OWN = ("id", "version")


def check(
    url: str,
    token_or_basic: Credentials,
    *,
    directory: Path = DASHBOARDS,
    alerts: Path | None = ALERTS,
    folder_uid: str = FOLDER_UID,
) -> list[str]:
    """What differs from the files, a line each: `dashboard cjm-paths: panels.0.title`."""
    boards = list(read_boards(directory))
    groups = read_alerts(alerts).posted(folder_uid) if alerts else []
    grafana = Grafana(url, token_or_basic)
    found = []
    for board in boards:
        there = _board(grafana, board["uid"])
        found += _told(f"dashboard {board['uid']}", there, _bare(board))
    for group in groups:
        what = f"alerts {group['title']}"
        path = group_path(folder_uid, group["title"])
        found += _told(what, grafana.get(path, f"looking for the {what}"), group)
    return found


def pull(
    url: str,
    token_or_basic: Credentials,
    out: Path,
    *,
    directory: Path = DASHBOARDS,
    alerts: Path | None = ALERTS,
    folder_uid: str = FOLDER_UID,
) -> list[Path]:
    """Write the dashboards that stand in `directory`, and the alerts of the folder, to `out`, as
    the Grafana has them; the alerts in the form of the file `alerts`, if given.

    Dashboards it does not have are left out, as are alerts where it has none. Gives the files
    written.
    """
    boards = list(read_boards(directory))
    file = read_alerts(alerts) if alerts else None
    grafana = Grafana(url, token_or_basic)
    found = {f"{board['uid']}.json": _board(grafana, board["uid"]) for board in boards}
    texts = {name: _json(board) for name, board in found.items() if board is not None}
    if file and (groups := _groups(grafana, file, folder_uid)):
        texts["alerts.yaml"] = file.pulled(groups).text
    return [_written(out / name, text) for name, text in texts.items()]


def _groups(grafana: Grafana, file: AlertFile, folder_uid: str) -> list[dict[str, Any]]:
    """The folder's groups of alerts, those of the file first: who made one there meant it, too."""
    rules = grafana.all("/v1/provisioning/alert-rules", "looking for alerts")
    there = {str(rule.get("ruleGroup")) for rule in rules if rule.get("folderUID") == folder_uid}
    ours = [group["name"] for group in file.groups if group["name"] in there]
    found = (
        grafana.get(group_path(folder_uid, name), f"looking for the alerts {name}")
        for name in [*ours, *sorted(there.difference(ours))]
    )
    return [group for group in found if group]


def _json(board: dict[str, Any]) -> str:
    return json.dumps(board, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _written(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return path


def _board(grafana: Grafana, uid: str) -> dict[str, Any] | None:
    there = grafana.get(f"/dashboards/uid/{uid}", f"looking for the dashboard {uid}")
    return None if there is None else _bare(there.get("dashboard", {}))


def _bare(board: dict[str, Any]) -> dict[str, Any]:
    """Without what is a Grafana's own. Which data source is chosen is so, too."""
    said = {key: value for key, value in board.items() if key not in OWN}
    variables = [
        {key: value for key, value in one.items() if key != "current"}
        if one.get("type") == "datasource"
        else one
        for one in said.get("templating", {}).get("list", [])
    ]
    return {**said, "templating": {**said.get("templating", {}), "list": variables}}


def _told(what: str, there: Any, ours: Any) -> list[str]:
    if there is None:
        return [f"{what}: missing"]
    return [f"{what}: {place}" for place in _differing(there, ours)]


def _differing(there: Any, ours: Any, place: str = "") -> Iterator[str]:
    """Where what is there is not ours. What Grafana added to a thing is no difference."""
    if isinstance(ours, dict) and isinstance(there, dict):
        for key, value in ours.items():
            yield from _differing(there.get(key), value, f"{place}.{key}" if place else key)
    elif isinstance(ours, list) and isinstance(there, list) and len(ours) == len(there):
        for number, (one, other) in enumerate(zip(there, ours, strict=True)):
            yield from _differing(one, other, f"{place}.{number}")
    elif there != ours:
        yield place
