"""A Grafana against the files: what differs is told, and comes back into files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cjm_tracker.dashboards import DataSource, check, pull, push
from cjm_tracker.dashboards.source import NAME
from tests.cli.commands import cjm
from tests.dashboards.board_files import boards
from tests.dashboards.fake_grafana import TOKEN, FakeGrafana, serving


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGrafana]:
    """One that has everything."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(FakeGrafana()) as running:
        push(running.url, TOKEN)
        yield running


def test_after_a_push_nothing_differs(grafana: FakeGrafana) -> None:
    assert check(grafana.url, TOKEN) == []


def test_an_empty_grafana_misses_everything(grafana: FakeGrafana) -> None:
    grafana.boards.clear()
    grafana.alerts.clear()
    missing = {line for line in check(grafana.url, TOKEN) if line.endswith(": missing")}
    assert missing == {f"dashboard {uid}: missing" for uid in boards()} | {
        f"alerts {group}: missing" for group in ("cjm-feeds", "cjm-journeys")
    }


def test_what_was_changed_there_is_told_by_its_place(grafana: FakeGrafana) -> None:
    grafana.boards["cjm-paths"]["dashboard"]["panels"][0]["title"] = "Mine"
    grafana.alerts["cjm-feeds"]["rules"][0]["for"] = "9h"
    grafana.boards["cjm-overview"]["dashboard"]["version"] = 7
    assert check(grafana.url, TOKEN) == [
        "dashboard cjm-paths: panels.0.title",
        "alerts cjm-feeds: rules.0.for",
    ]
    assert check(grafana.url, TOKEN, alerts=None) == ["dashboard cjm-paths: panels.0.title"]


def test_another_panel_is_a_difference_and_another_data_source_is_none(
    grafana: FakeGrafana,
) -> None:
    push(grafana.url, TOKEN, alerts=None, datasource=DataSource(host="h", uid="o", name="Other"))
    grafana.boards["cjm-paths"]["dashboard"]["panels"].append({"title": "Mine"})
    assert check(grafana.url, TOKEN) == ["dashboard cjm-paths: panels"]


def test_alerts_ask_the_data_source_given(grafana: FakeGrafana) -> None:
    push(grafana.url, TOKEN, datasource=DataSource(host="h", uid="other", name="Other one"))
    asked = [
        data["datasourceUid"]
        for group in grafana.alerts.values()
        for rule in group["rules"]
        for data in rule["data"]
    ]
    assert set(asked) == {"other", "__expr__"}
    assert NAME not in json.dumps(grafana.alerts)


def test_what_is_pulled_can_be_pushed(grafana: FakeGrafana, tmp_path: Path) -> None:
    grafana.boards["cjm-paths"]["dashboard"]["panels"][0]["title"] = "Mine"
    grafana.boards.pop("cjm-health")
    written = pull(grafana.url, TOKEN, tmp_path / "mine")
    assert {path.stem for path in written} == set(boards()) - {"cjm-health"}
    assert check(grafana.url, TOKEN, directory=tmp_path / "mine") == []
    assert push(grafana.url, TOKEN, directory=tmp_path / "mine").updated


def test_the_commands_say_so(grafana: FakeGrafana, tmp_path: Path) -> None:
    given = ("--url", grafana.url, "--token", TOKEN)
    same = cjm(tmp_path, "grafana", "check", *given, NO_PROXY="127.0.0.1")
    assert (same.returncode, same.stdout) == (0, "nothing differs\n")
    grafana.boards["cjm-paths"]["dashboard"]["title"] = "Mine"
    other = cjm(tmp_path, "grafana", "check", *given, NO_PROXY="127.0.0.1")
    assert (other.returncode, other.stdout) == (1, "dashboard cjm-paths: title\n")
    back = cjm(tmp_path, "grafana", "pull", *given, "--out", "mine", NO_PROXY="127.0.0.1")
    assert back.returncode == 0 and "wrote mine/cjm-paths.json" in back.stdout
    assert json.loads((tmp_path / "mine" / "cjm-paths.json").read_text())["title"] == "Mine"
