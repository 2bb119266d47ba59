"""Grafana: its version, the plugin, the data source and the dashboards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cjm_tracker.dashboards import DASHBOARDS
from cjm_tracker.dashboards.client import Credentials, Grafana
from cjm_tracker.dashboards.source import NAME, PLUGIN
from cjm_tracker.doctor.finding import (
    Finding,
    fail,
    guarded,
    in_one_line,
    numbers,
    ok,
    skipped,
    warn,
)
from cjm_tracker.errors import CjmError, DashboardError

OLDEST = (11, 6)
OLDEST_PLUGIN = (4, 15)

Board = Mapping[str, Any]


def grafana_findings(url: str | None, credentials: Credentials | None) -> Iterator[Finding]:
    """All that is asked of Grafana; nothing where none is named."""
    if not url:
        yield skipped("grafana", "not configured", "CJM_GRAFANA_URL and CJM_GRAFANA_TOKEN")
        return
    if credentials is None:
        fix = "CJM_GRAFANA_TOKEN, or CJM_GRAFANA_USER and CJM_GRAFANA_PASSWORD"
        yield fail("grafana", "no credentials are set", fix)
        return
    try:
        grafana = Grafana(url, credentials)
        health = grafana.get("/health", "asking how it is")
    except CjmError as error:
        yield fail("grafana", in_one_line(error), "start it, or correct CJM_GRAFANA_URL")
        return
    yield server(grafana.url, health)
    yield from guarded("grafana plugin", _plugin(grafana))
    yield from guarded("grafana source", _source(grafana))
    yield from guarded("dashboards", _boards(grafana))


def server(url: str, health: Mapping[str, Any] | None) -> Finding:
    """Whether it is a Grafana that shows our dashboards."""
    if health is None:
        text = f"{url}: no Grafana answers there"
        return fail("grafana", text, "correct CJM_GRAFANA_URL: with its sub-path if it has one")
    version = str(health.get("version") or "")
    if not numbers(version):
        text = f"{url}: it does not tell its version"
        return warn("grafana", text, f"make sure that it is {_dotted(OLDEST)} or newer")
    if numbers(version) < OLDEST:
        text = f"{url}: {version}, older than {_dotted(OLDEST)}"
        return fail("grafana", text, f"upgrade it to {_dotted(OLDEST)} or newer")
    return ok("grafana", f"{url}: {version}")


def _plugin(grafana: Grafana) -> Iterator[Finding]:
    yield plugin(grafana.get(f"/plugins/{PLUGIN}/settings", "looking for the plugin"))


def plugin(said: Mapping[str, Any] | None) -> Finding:
    """Whether the ClickHouse plugin is there and new enough."""
    if said is None:
        text = f"{PLUGIN} is not installed"
        return fail("grafana plugin", text, f"grafana cli plugins install {PLUGIN}")
    version = str(said.get("info", {}).get("version") or "")
    if numbers(version) < OLDEST_PLUGIN:
        text = f"{PLUGIN} {version or 'of unknown version'}, older than {_dotted(OLDEST_PLUGIN)}"
        return fail("grafana plugin", text, f"grafana cli plugins update {PLUGIN}")
    return ok("grafana plugin", f"{PLUGIN} {version}")


def _source(grafana: Grafana) -> Iterator[Finding]:
    there = grafana.get(f"/datasources/uid/{NAME}", "looking for the data source")
    works = ""
    if there is not None:
        try:
            grafana.get(f"/datasources/uid/{NAME}/health", "trying the data source")
        except DashboardError as error:
            works = in_one_line(error)
    yield source(is_there=there is not None, refused=works)


def source(*, is_there: bool, refused: str) -> Finding:
    """Whether the data source is there, and reaches the warehouse; `refused`: why it does not."""
    if not is_there:
        return fail("grafana source", f"{NAME} is not there", "cjm grafana push --datasource")
    if refused:
        fix = "correct host, user and password of the data source in Grafana"
        return fail("grafana source", refused, fix)
    return ok("grafana source", f"{NAME} reaches the warehouse")


def _boards(grafana: Grafana) -> Iterator[Finding]:
    ours = {
        board["uid"]: board
        for path in sorted(DASHBOARDS.glob("*.json"))
        for board in [json.loads(path.read_text(encoding="utf-8"))]
    }
    there = {
        uid: found["dashboard"]
        for uid in ours
        if (found := grafana.get(f"/dashboards/uid/{uid}", f"looking for the dashboard {uid}"))
    }
    yield boards(ours, there)


def boards(ours: Mapping[str, Board], there: Mapping[str, Board]) -> Finding:
    """Whether our dashboards are there and ask what those of this version ask."""
    if missing := [uid for uid in ours if uid not in there]:
        return fail("dashboards", f"not there: {', '.join(missing)}", "cjm grafana push")
    # All else Grafana writes anew when it loads a dashboard of an earlier one.
    if other := [uid for uid in ours if _asked(ours[uid]) != _asked(there[uid])]:
        text = f"they ask otherwise than those of this version: {', '.join(other)}"
        return warn("dashboards", text, "cjm grafana push")
    return ok("dashboards", f"{', '.join(ours)}: those of this version")


def _asked(part: Any) -> list[str]:
    """Every query of a dashboard, sorted."""
    if isinstance(part, Mapping):
        own = [str(part["rawSql"])] if "rawSql" in part else []
        return sorted(own + [sql for value in part.values() for sql in _asked(value)])
    if isinstance(part, list):
        return sorted(sql for item in part for sql in _asked(item))
    return []


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
