"""A Grafana against the files: what it has otherwise, and its dashboards back into files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cjm_tracker.dashboards.client import Credentials, Grafana
from cjm_tracker.dashboards.files import ALERTS, DASHBOARDS, read_alerts, read_boards
from cjm_tracker.dashboards.push import FOLDER_UID, alerts_path
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
    groups = read_alerts(alerts, folder_uid) if alerts else []
    grafana = Grafana(url, token_or_basic)
    found = []
    for board in boards:
        there = _board(grafana, board["uid"])
        found += _told(f"dashboard {board['uid']}", there, _bare(board))
    for group in groups:
        what = f"alerts {group['title']}"
        found += _told(what, grafana.get(alerts_path(group), f"looking for the {what}"), group)
    return found


def pull(
    url: str, token_or_basic: Credentials, out: Path, *, directory: Path = DASHBOARDS
) -> list[Path]:
    """Write the dashboards that stand in `directory` to `out`, as the Grafana has them.

    Those it does not have are left out. Gives the files written.
    """
    boards = list(read_boards(directory))
    grafana = Grafana(url, token_or_basic)
    written = []
    for board in boards:
        there = _board(grafana, board["uid"])
        if there is None:
            continue
        text = json.dumps(there, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        path = out / f"{board['uid']}.json"
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None
        written.append(path)
    return written


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
