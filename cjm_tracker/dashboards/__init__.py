"""Dashboards into a Grafana that is already there; the only room that knows grafana-api."""

from cjm_tracker.dashboards.client import Credentials
from cjm_tracker.dashboards.compare import check, pull
from cjm_tracker.dashboards.files import ALERTS, DASHBOARDS
from cjm_tracker.dashboards.push import PushReport, push
from cjm_tracker.dashboards.source import DataSource

__all__ = [
    "ALERTS",
    "DASHBOARDS",
    "Credentials",
    "DataSource",
    "PushReport",
    "check",
    "pull",
    "push",
]
