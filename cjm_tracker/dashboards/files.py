"""The dashboards and alerts as files: what a Grafana is brought to, and compared with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import DEPLOY

DASHBOARDS = DEPLOY / "grafana" / "dashboards"
ALERTS = DEPLOY / "grafana" / "provisioning" / "alerting" / "alerts.yaml"
SECONDS = {"s": 1, "m": 60, "h": 3600}


def read_boards(directory: Path) -> Iterable[dict[str, Any]]:
    """The dashboards of a directory; a `ConfigError` names the file that holds none."""
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
        checked_uid(board.get("uid"), str(path))
        yield board


def read_alerts(path: Path, folder_uid: str) -> list[dict[str, Any]]:
    """The groups of rules of a provisioning file, as Grafana's API takes them: it calls a few
    things otherwise, and has the panel among the annotations."""
    try:
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return [_group(group, folder_uid) for group in said["groups"]]
    except (OSError, YAMLError) as error:
        raise ConfigError(f"grafana: {path}: {error}") from None
    except (KeyError, TypeError):
        raise ConfigError(f"grafana: {path}: no alerts as Grafana provisions them") from None


def checked_uid(uid: object, where: str) -> None:
    """Ids go into addresses, where a slash or a dot would name something else."""
    if not isinstance(uid, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
        raise ConfigError(
            f"grafana: {where}: an id has 1 to 40 letters, digits, - and _, not {str(uid)[:60]!r}"
        )


def _group(group: dict[str, Any], folder_uid: str) -> dict[str, Any]:
    checked_uid(group["name"], "a group of alerts")
    number, unit = int(group["interval"][:-1]), group["interval"][-1]
    return {
        "title": group["name"],
        "folderUid": folder_uid,
        "interval": number * SECONDS[unit],
        "rules": [_rule(rule, group["name"], folder_uid) for rule in group["rules"]],
    }


def _rule(rule: dict[str, Any], group: str, folder_uid: str) -> dict[str, Any]:
    checked_uid(rule["uid"], "an alert")
    said = {key: value for key, value in rule.items() if key not in ("dashboardUid", "panelId")}
    panel = {"__dashboardUid__": rule["dashboardUid"], "__panelId__": str(rule["panelId"])}
    return {
        **said,
        "orgID": 1,
        "folderUID": folder_uid,
        "ruleGroup": group,
        "annotations": {**rule["annotations"], **panel},
    }
