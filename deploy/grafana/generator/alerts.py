"""Alerts as Grafana provisions them: each asks one query of ours, and says what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from cjm_tracker.dashboards.alerts import AlertFile
from generator.queries import DEFAULT_UID, PLUGIN, target
from generator.rendering import ALERT, query
from generator.texts import Texts

FOLDER = "Customer journeys"
DAY = 86_400


class Alert(NamedTuple):
    """It fires for each row whose figure is above `above` for as long as `lasting`."""

    name: str  # of the query, grafana_alert_NAME.sql
    above: float
    seconds: int  # how far back it looks
    board: str
    panel: str  # the key of the panel that shows it
    lasting: str = "1h"
    no_data: str = "OK"  # where nothing was measured nothing is known to be wrong
    like: str = "totals"  # the measure whose parameters it has


JOURNEYS = (
    Alert("conversion", 0, 90 * DAY, "stages", "stage_outcomes"),
    Alert("stuck", 3, 90 * DAY, "stages", "stuck"),
    Alert("pain", 0, 90 * DAY, "pains", "pain_points", like="pain_points"),
    Alert("emotion", 0, 90 * DAY, "emotion", "stage_emotion"),
)
FEEDS = (
    Alert("silent", 24, DAY, "health", "health_feeds", "15m", "Alerting"),
    Alert("dead_letters", 3, 8 * DAY, "health", "health_reasons", "15m"),
    Alert("unmapped", 3, 8 * DAY, "health", "health_unmapped", "15m"),
    Alert("freshness", 300, 3600, "health", "health_feeds", "15m"),
)
# How often each group is asked: journeys change slowly, and their queries are the dear ones.
GROUPS = {"cjm-journeys": ("1h", JOURNEYS), "cjm-feeds": ("5m", FEEDS)}

HEAD = """\
# Read by Grafana at start. Made of generator/alerts.py and sql/queries: change those.
# Queries stay as they are: Grafana looks for variables of its environment elsewhere only.
"""


def alerts(texts: Texts, boards: Mapping[str, str]) -> str:
    """The provisioning file. `boards` are the dashboards' files by name, for the panels' ids."""
    groups = [
        {
            "orgId": 1,
            "name": name,
            "folder": FOLDER,
            "interval": interval,
            "rules": [_rule(alert, texts, boards) for alert in members],
        }
        for name, (interval, members) in GROUPS.items()
    ]
    return AlertFile(HEAD, groups).text


def _rule(alert: Alert, texts: Texts, boards: Mapping[str, str]) -> dict[str, Any]:
    title, description = texts.alert(alert.name)
    return {
        "uid": f"cjm-{alert.name.replace('_', '-')}",
        "title": title,
        "condition": "B",
        "data": [_asked(alert), _threshold(alert)],
        "noDataState": alert.no_data,
        "execErrState": "Error",
        "for": alert.lasting,
        "dashboardUid": f"cjm-{alert.board}",
        "panelId": _panel(
            json.loads(boards[f"cjm-{alert.board}.json"]), texts.panel(alert.panel)[0]
        ),
        "labels": {"team": "cjm"},
        "annotations": {
            # With the labels of the row that fires; `$labels` would be taken for the environment's.
            "summary": title + "{{ range .Labels.SortedPairs }} {{ .Value }}{{ end }}",
            "description": description,
            "runbook": texts.runbook(alert.name),
        },
    }


def _asked(alert: Alert) -> dict[str, Any]:
    return {
        "refId": "A",
        "datasourceUid": DEFAULT_UID,
        "relativeTimeRange": {"from": alert.seconds, "to": 0},
        "model": {
            **target(query(f"alert_{alert.name}", of=ALERT, like=alert.like)),
            "datasource": {"type": PLUGIN, "uid": DEFAULT_UID},
        },
    }


def _threshold(alert: Alert) -> dict[str, Any]:
    """Each row of A is a figure with labels; the condition holds for those above."""
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "relativeTimeRange": {"from": 0, "to": 0},
        "model": {
            "refId": "B",
            "type": "threshold",
            "expression": "A",
            "datasource": {"type": "__expr__", "uid": "__expr__"},
            "conditions": [{"evaluator": {"type": "gt", "params": [alert.above]}}],
        },
    }


def _panel(board: Mapping[str, Any], title: str) -> int:
    (found,) = (panel["id"] for panel in board["panels"] if panel["title"] == title)
    return int(found)
