"""A Grafana against the files: what differs is told, and comes back into files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from cjm_tracker.dashboards import ALERTS, DataSource, check, pull, push
from cjm_tracker.dashboards.alerts import read_alerts
from cjm_tracker.dashboards.source import NAME
from cjm_tracker.errors import ConfigError
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
    assert {path.stem for path in written} == {*boards(), "alerts"} - {"cjm-health"}
    assert check(grafana.url, TOKEN, directory=tmp_path / "mine") == []
    assert push(grafana.url, TOKEN, directory=tmp_path / "mine").updated


def test_alerts_pulled_are_the_file_that_was_pushed(grafana: FakeGrafana, tmp_path: Path) -> None:
    *_, written = pull(grafana.url, TOKEN, tmp_path)
    assert written == tmp_path / "alerts.yaml"
    assert written.read_text(encoding="utf-8") == ALERTS.read_text(encoding="utf-8")
    before = deepcopy(grafana.alerts)
    push(grafana.url, TOKEN, alerts=written)
    assert grafana.alerts == before


def test_what_was_changed_by_hand_comes_back(grafana: FakeGrafana, tmp_path: Path) -> None:
    group = grafana.alerts["cjm-feeds"]
    group["interval"] = 600
    first, second = group["rules"][:2]
    first |= {"isPaused": True, "keep_firing_for": "10m", "missingSeriesEvalsToResolve": 3}
    first["data"][1]["model"]["conditions"][0]["evaluator"]["params"] = [48]
    first["notification_settings"] = {"receiver": "CX team"}
    del second["annotations"]["__panelId__"], second["annotations"]["__dashboardUid__"]
    hand = {**deepcopy(second), "uid": "by-hand", "title": "Mine", "labels": {}}
    grafana.alerts["My group 1"] = {
        "title": "My group 1",
        "folderUid": "cjm",
        "interval": 90,
        "rules": [{**hand, "ruleGroup": "My group 1"}],
    }
    grafana.alerts["theirs"] = {
        "title": "theirs",
        "folderUid": "other",
        "interval": 60,
        "rules": [{**hand, "uid": "theirs", "folderUID": "other", "ruleGroup": "theirs"}],
    }
    path = pull(grafana.url, TOKEN, tmp_path)[-1]
    ours = {one["uid"]: one for group in read_alerts(ALERTS).groups for one in group["rules"]}
    groups = {group["name"]: group for group in read_alerts(path).groups}
    assert [*groups] == ["cjm-journeys", "cjm-feeds", "My group 1"]
    assert (groups["cjm-feeds"]["interval"], groups["My group 1"]["interval"]) == ("10m", "90s")
    changed, bare = groups["cjm-feeds"]["rules"][:2]
    assert changed == ours[first["uid"]] | {
        "isPaused": True,
        "keepFiringFor": "10m",
        "missing_series_evals_to_resolve": 3,
        "notification_settings": {"receiver": "CX team"},
        "data": changed["data"],
    }
    assert changed["data"][1]["model"]["conditions"][0]["evaluator"]["params"] == [48]
    assert "panelId" not in bare and "dashboardUid" not in bare
    (mine,) = groups["My group 1"]["rules"]
    assert mine["title"] == "Mine" and "labels" not in mine

    # And goes there again as it was.
    there = deepcopy(grafana.alerts)
    grafana.alerts.clear()
    push(grafana.url, TOKEN, alerts=path)
    assert check(grafana.url, TOKEN, alerts=path) == []
    assert grafana.alerts["cjm-feeds"]["rules"][0] == there["cjm-feeds"]["rules"][0]
    assert pull(grafana.url, TOKEN, tmp_path / "again", alerts=path)[-1].read_text() == (
        path.read_text()
    )


def test_a_rule_moved_to_another_group_is_not_lost(grafana: FakeGrafana, tmp_path: Path) -> None:
    moved = grafana.alerts.pop("cjm-feeds")
    rules = [{**rule, "ruleGroup": "feeds"} for rule in moved["rules"]]
    grafana.alerts["feeds"] = {**moved, "title": "feeds", "rules": rules}
    groups = read_alerts(pull(grafana.url, TOKEN, tmp_path)[-1]).groups
    assert [group["name"] for group in groups] == ["cjm-journeys", "feeds"]
    assert len(groups[1]["rules"]) == len(rules)


def test_without_alerts_no_file_is_written(grafana: FakeGrafana, tmp_path: Path) -> None:
    assert not any(
        path.suffix == ".yaml" for path in pull(grafana.url, TOKEN, tmp_path, alerts=None)
    )
    grafana.alerts.clear()
    assert not any(path.suffix == ".yaml" for path in pull(grafana.url, TOKEN, tmp_path))


def test_alerts_pushed_may_be_changed_there_by_hand(grafana: FakeGrafana) -> None:
    rules = [rule for group in grafana.alerts.values() for rule in group["rules"]]
    assert rules and not any("provenance" in rule for rule in rules)


@pytest.mark.parametrize(
    "text",
    [
        "groups: 1",
        "groups: [{name: a/b, folder: f, interval: 1h, rules: []}]",
        "groups: [{name: a, folder: f, interval: soon, rules: []}]",
        "groups: [{name: a, folder: f, interval: 1h, rules: [{title: no uid}]}]",
        "groups: [",
    ],
)
def test_a_file_that_holds_no_alerts_is_told_before_asking(
    grafana: FakeGrafana, tmp_path: Path, text: str
) -> None:
    grafana.asked.clear()
    (tmp_path / "alerts.yaml").write_text(text)
    for ask in (push, check):
        with pytest.raises(ConfigError, match="^grafana: "):
            ask(grafana.url, TOKEN, alerts=tmp_path / "alerts.yaml")
    assert not grafana.asked


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
    # Alerts beside the dashboards of a directory are meant, too.
    alerts = tmp_path / "mine" / "alerts.yaml"
    alerts.write_text(alerts.read_text().replace("title: Data comes late", "title: Late"))
    mine = cjm(tmp_path, "grafana", "check", *given, "--dir", "mine", NO_PROXY="127.0.0.1")
    assert (mine.returncode, mine.stdout) == (1, "alerts cjm-feeds: rules.3.title\n")
