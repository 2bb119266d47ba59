"""The committed dashboards as files: what Grafana needs to find in them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cjm_tracker.dashboards.source import NAME, PLUGIN
from cjm_tracker.measures import measure_named
from cjm_tracker.resources import SQL
from tests.dashboards.board_files import (
    GRAFANA,
    VIEWS,
    alerts,
    boards,
    panels,
    queries,
    query,
    variables,
)

CORE = {"stat", "bargauge", "table", "timeseries", "nodeGraph", "state-timeline"}
PANELS = list(panels())
SQL_FILES = sorted((SQL / "queries").glob("grafana_*.sql"))
TEXTS = YAML(typ="safe").load((GRAFANA / "generator" / "texts.yaml").read_text(encoding="utf-8"))

each_board = pytest.mark.parametrize("uid", boards())
each_panel = pytest.mark.parametrize("uid_panel", PANELS, ids=lambda p: f"{p[0]}/{p[1]['title']}")


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(GRAFANA / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_committed_ones_are_as_generated() -> None:
    done = generate("--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_tells_a_changed_one(tmp_path: Path) -> None:
    shutil.copytree(GRAFANA / "dashboards", tmp_path, dirs_exist_ok=True)
    (tmp_path / "cjm-overview.json").write_text("{}")
    done = generate("--check", "--out", str(tmp_path))
    assert done.returncode == 1 and "cjm-overview.json, alerts.yaml: not as" in done.stdout


@pytest.mark.parametrize("language", ["ru", "bg"])
def test_another_language_changes_words_only(language: str, tmp_path: Path) -> None:
    assert generate("--lang", language, "--out", str(tmp_path)).returncode == 0
    for uid, board in boards().items():
        other = json.loads((tmp_path / f"{uid}.json").read_text(encoding="utf-8"))
        assert [t["rawSql"] for p in other["panels"] for t in p["targets"]] == [
            t["rawSql"] for p in board["panels"] for t in p["targets"]
        ]
        assert other["uid"] == uid and other["title"] != board["title"]
        assert all(re.search("[а-я]", panel["description"]) for panel in other["panels"])


def test_every_text_is_there_in_every_language_and_used() -> None:
    def leaves(node: Any) -> Any:
        if not isinstance(node, dict) or set(node) <= {"en", "ru", "bg"}:
            yield node
        else:
            for child in node.values():
                yield from leaves(child)

    used = "".join(json.dumps(one, ensure_ascii=False) for one in [*boards().values(), alerts()])
    used = used.replace("{{ range .Labels.SortedPairs }} {{ .Value }}{{ end }}", "")
    for leaf in leaves(TEXTS):
        assert set(leaf) == {"en", "ru", "bg"} and all(leaf.values())
        assert json.dumps(leaf["en"]) in used, leaf


@each_board
def test_a_dashboard_is_known_by_its_uid_and_tag(uid: str) -> None:
    board = boards()[uid]
    assert board["uid"] == uid and board["schemaVersion"] == 39 and board["tags"] == ["cjm"]
    assert "id" not in board and board["title"] and board["description"]
    assert list(variables(uid))[0] == "datasource"
    assert variables(uid)["datasource"]["query"] == PLUGIN
    assert variables(uid)["datasource"]["current"]["value"] == NAME


def test_titles_are_unique() -> None:
    titles = [board["title"] for board in boards().values()]
    assert len(set(titles)) == len(titles)


@each_board
def test_ids_and_titles_of_panels_are_unique(uid: str) -> None:
    mine = boards()[uid]["panels"]
    for key in ("id", "title"):
        assert len({panel[key] for panel in mine}) == len(mine)


@each_board
def test_panels_fill_the_grid_without_overlap(uid: str) -> None:
    places = [panel["gridPos"] for panel in boards()[uid]["panels"]]
    cells = [
        {(x, y) for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])}
        for p in places
    ]
    assert not any(a & b for a, b in combinations(cells, 2))
    union = set().union(*cells)
    assert {x for x, _ in union} == set(range(24))
    assert len(union) == 24 * len({y for _, y in union})


@each_panel
def test_a_panel_says_what_it_shows_and_how(uid_panel: tuple[str, dict[str, Any]]) -> None:
    _, panel = uid_panel
    assert panel["type"] in CORE and panel["title"] and panel["description"]
    defaults = panel["fieldConfig"]["defaults"]
    assert {"unit", "decimals", "noValue"} <= set(defaults)


@each_panel
def test_a_panels_queries_are_of_the_plugins_fourth_form(
    uid_panel: tuple[str, dict[str, Any]],
) -> None:
    _, panel = uid_panel
    source = {"type": PLUGIN, "uid": "${datasource}"}
    assert panel["datasource"] == source and panel["targets"]
    for target in panel["targets"]:
        assert target["datasource"] == source
        assert target["editorType"] == "sql" and target["pluginVersion"] == "4.20.0"
        is_series = panel["type"] == "timeseries"
        assert target["format"] == (0 if is_series else 1)
        assert target["queryType"] == ("timeseries" if is_series else "table")
    refs = [target["refId"] for target in panel["targets"]]
    assert refs == (["nodes", "edges"] if panel["type"] == "nodeGraph" else ["A"])


@pytest.mark.parametrize("asked", queries(), ids=str)
def test_a_variable_reaches_a_query_in_the_safe_form_only(asked: Any) -> None:
    safe = re.sub(r"decodeURLComponent\('\$\{(\w+):percentencode\}'\)", "", asked.sql)
    safe = re.sub(r"\$__(timeFilter_ms|timeInterval_ms|conditionalAll)\(", "", safe)
    safe = re.sub(r"\$__(fromTime|toTime)_ms\b", "", safe)
    assert "$" not in re.sub(r", \$(channel|source|persona|campaign|account)\)", "", safe)
    named = set(re.findall(r"\$\{(\w+):", asked.sql))
    assert named <= set(variables(asked.board))


@pytest.mark.parametrize("asked", queries(), ids=str)
def test_a_query_reads_the_views_only(asked: Any) -> None:
    own = set(re.findall(r"(\w+) AS\s*\(", asked.sql))
    read = set(re.findall(r"(?<!ARRAY )\b(?:FROM|JOIN)\s+(\w+)", asked.sql))
    # `trim(BOTH … FROM text)` is no table, and numbers() reads none.
    assert read - own - {"decodeURLComponent", "numbers"} <= VIEWS


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_an_sql_file_says_what_it_answers_and_is_used(path: Path) -> None:
    first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("-- ")
    bare = "\n".join(
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("--")
    )
    parts = re.split(r"\{\w+(?::[^}]+)?\}\n?", bare.rstrip())
    asked = [one.sql for one in queries()]
    asked += [rule["data"][0]["model"]["rawSql"] for rule in alerts().values()]
    assert any(all(part in sql for part in parts) for sql in asked)
    assert "--" not in bare and ";" not in bare


def test_nodes_and_edges_come_of_the_same_set() -> None:
    nodes, edges = (query("cjm-overview", "Transitions", ref).sql for ref in ("nodes", "edges"))
    shared = edges[: edges.index("\nSELECT\n    concat(")]
    assert nodes.startswith(shared + ",\n    ends AS")


def test_links_lead_to_dashboards_and_variables_there_are() -> None:
    found = re.findall(r'"url": "([^"]+)"', json.dumps(list(boards().values())))
    assert found
    for url in found:
        uid, _, asked = url.removeprefix("/d/").partition("?")
        assert set(re.findall(r"var-(\w+)=", asked)) <= set(variables(uid))
        assert set(re.findall(r"\$\{(\w+):queryparam\}", asked)) <= set(variables(uid))
    columns = query("cjm-overview", "Recent customers").sql
    fields = re.findall(r"__data\.fields\.(\w+)", "".join(found))
    assert fields and all(f"AS {name}" in columns for name in fields)


@each_board
def test_dashboards_are_linked_with_each_other(uid: str) -> None:
    (link,) = boards()[uid]["links"]
    assert link["type"] == "dashboards" and link["tags"] == ["cjm"]
    assert link["includeVars"] and link["keepTime"] and link["asDropdown"]


@pytest.mark.parametrize("name", ["channel", "source", "persona", "campaign", "account"])
def test_filters_take_several_values_but_no_invented_ones(name: str) -> None:
    variable = variables("cjm-overview")[name]
    assert variable["multi"] and variable["includeAll"] and not variable["allowCustomValue"]
    assert variable["current"]["value"] == ["$__all"] and variable["refresh"] == 1


def test_a_measure_is_asked_as_the_measures_are() -> None:
    """The panel's SQL is the measure's: what is cut out of it is what nobody asks for."""
    panel = query("cjm-stages", "Stuck customers").sql
    *_, own = measure_named("stuck").sql.rpartition("{visits}")
    said = [line.strip() for line in own.splitlines() if line.strip() and "{" not in line]
    assert said[-1] in panel and all(line in panel for line in said if not line.startswith("--"))


def test_the_customer_is_a_text_box() -> None:
    variable = variables("cjm-customer")["customer"]
    assert variable["type"] == "textbox" and variable["query"] == ""
