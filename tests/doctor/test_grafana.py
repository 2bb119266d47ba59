"""A Grafana looked at: by examples, and by asking the stand-in for its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cjm_tracker.dashboards import DASHBOARDS, DataSource, push
from cjm_tracker.doctor.grafana import boards, grafana_findings, plugin, server, source
from tests.dashboards.fake_grafana import TOKEN, FakeGrafana, Reply, said, serving


@dataclass
class Looked(FakeGrafana):
    """With what a look asks besides: GET /api/health, /api/plugins/:id/settings and
    /api/datasources/uid/:uid/health, which answers 400 where the source does not work."""

    version: str = "13.2.3"
    plugin: str = "4.20.0"
    refusal: str = ""

    def answer(self, method: str, path: str, authorization: str, body: Any) -> Reply:
        last = path.rsplit("/", 1)[1]
        if path == "/api/health":
            return self._told({"database": "ok", "version": self.version})
        if last == "settings" and authorization == f"Bearer {TOKEN}":
            return self._told({"info": {"version": self.plugin}}) if self.plugin else said(404, "")
        if last == "health" and authorization == f"Bearer {TOKEN}":
            return said(400, self.refusal) if self.refusal else self._told({"status": "OK"})
        return super().answer(method, path, authorization, body)

    def _told(self, body: Any) -> Reply:
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[Looked]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Looked()) as running:
        assert isinstance(running, Looked)
        yield running


def look(grafana: Looked, token: str = TOKEN) -> dict[str, str]:
    return {one.check: one.status for one in grafana_findings(grafana.url, token)}


def test_what_was_pushed_is_well(grafana: Looked) -> None:
    push(grafana.url, TOKEN, datasource=DataSource(host="clickhouse"))
    grafana.asked.clear()
    assert set(look(grafana).values()) == {"ok"}
    assert {method for method, _, _ in grafana.asked} == {"GET"}


def test_an_empty_grafana_lacks_everything_and_gets_nothing(grafana: Looked) -> None:
    assert look(grafana) == {
        "grafana": "ok", "grafana plugin": "ok", "grafana source": "fail", "dashboards": "fail"
    }  # fmt: skip
    assert not grafana.boards and not grafana.sources


def test_a_source_that_does_not_work_is_told(grafana: Looked) -> None:
    push(grafana.url, TOKEN, datasource=DataSource(host="clickhouse"))
    grafana.refusal = "dial tcp: connection refused"
    (found,) = [one for one in grafana_findings(grafana.url, TOKEN) if one.check[8:] == "source"]
    assert found.status == "fail" and "connection refused" in found.found


def test_a_wrong_token_is_told_and_not_shown(grafana: Looked) -> None:
    found = list(grafana_findings(grafana.url, "canary"))
    assert found[0].status == "ok"
    assert {one.status for one in found[1:]} == {"warn"}
    assert all("401" in one.found and "canary" not in one.found for one in found[1:])


def test_without_an_address_nothing_is_asked() -> None:
    (found,) = grafana_findings(None, None)
    assert (found.status, found.found) == ("skipped", "not configured")
    (found,) = grafana_findings("http://127.0.0.1:1", None)
    assert found.status == "fail" and "CJM_GRAFANA_TOKEN" in found.fix
    (found,) = grafana_findings("http://ann:canary@127.0.0.1:1", "token")
    assert found.status == "fail" and "canary" not in found.found


@pytest.mark.parametrize(
    ("health", "status"),
    [
        ({"version": "11.6.0"}, "ok"), ({"version": "13.2.3"}, "ok"),
        ({"version": "11.5.9"}, "fail"), ({"version": ""}, "warn"), ({}, "warn"), (None, "fail"),
    ],
)  # fmt: skip
def test_its_version(health: dict[str, str] | None, status: str) -> None:
    assert server("http://g", health).status == status


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"info": {"version": "4.15.0"}}, "ok"), ({"info": {"version": "4.9.1"}}, "fail"),
        ({"info": {"version": ""}}, "fail"), ({}, "fail"), (None, "fail"),
    ],
)  # fmt: skip
def test_the_plugin(told: dict[str, Any] | None, status: str) -> None:
    assert plugin(told).status == status


def test_the_data_source() -> None:
    assert source(is_there=False, refused="").fix == "cjm grafana push --datasource"
    assert source(is_there=True, refused="away").status == "fail"
    assert source(is_there=True, refused="").status == "ok"


def test_dashboards_are_compared_by_what_they_ask() -> None:
    (path, *_) = sorted(DASHBOARDS.glob("*.json"))
    ours = {"a": json.loads(path.read_text())}
    # What Grafana itself changes when it loads one.
    migrated = {"a": {**ours["a"], "id": 7, "version": 3, "schemaVersion": 42}}
    assert boards(ours, migrated).status == "ok"
    panels = ours["a"]["panels"]
    assert boards(ours, {"a": {**ours["a"], "panels": panels[1:]}}).status == "warn"
    assert boards(ours, {}).status == "fail"
