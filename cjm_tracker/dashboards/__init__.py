"""Dashboards into a Grafana that is already there; the only room that knows grafana-api."""

from cjm_tracker.dashboards.push import DASHBOARDS, PushReport, push
from cjm_tracker.dashboards.source import DataSource

__all__ = ["DASHBOARDS", "DataSource", "PushReport", "push"]
