"""The dashboards as files: what a Grafana is brought to, and compared with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import DEPLOY

DASHBOARDS = DEPLOY / "grafana" / "dashboards"
ALERTS = DEPLOY / "grafana" / "provisioning" / "alerting" / "alerts.yaml"


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


def checked_uid(uid: object, where: str) -> None:
    """Ids go into addresses, where a slash or a dot would name something else."""
    if not isinstance(uid, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
        raise ConfigError(
            f"grafana: {where}: an id has 1 to 40 letters, digits, - and _, not {str(uid)[:60]!r}"
        )
