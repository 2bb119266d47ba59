"""Every block of the README and its pages runs, and what they list is what there is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from cjm_tracker.errors import DeadLetterReason
from cjm_tracker.events import DropReason
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping
from cjm_tracker.settings import Settings
from cjm_tracker.sources import formats

ROOT = Path(__file__).resolve().parents[1]
# In this order: later pages use what earlier ones have made.
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "deploy/README.md",
        "deploy/grafana/README.md",
        "sql/README.md",
        "cjm_tracker/presets/README.md",
    )
}
README = PAGES["README.md"]
ALL = "\n".join(PAGES.values())
# A block is run unless a comment right above it says why not.
BLOCKS = re.findall(r"(<!-- not run[^>]*-->\n)?```(sh|sql)\n(.*?)```", ALL, re.DOTALL)
DEMO = "chdb:///cjm-demo/warehouse"
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -q "


def runnable() -> list[str]:
    return [
        block if language == "sh" else f"cjm sql --warehouse {DEMO} <<'END'\n{block}END"
        for skip, language, block in BLOCKS
        if not skip and INSTALL not in block
    ]


def test_ci_runs_the_readmes_test_command() -> None:
    (command,) = [block.strip() for _, _, block in BLOCKS if "pytest" in block]
    assert command in (ROOT / ".ci" / "run").read_text().replace(" -m pytest -q", " -m pytest")


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 510, "move what is looked up, not read, to one of the pages"


@pytest.mark.parametrize("name", PAGES)
def test_blocks_are_of_a_language_that_is_looked_at(name: str) -> None:
    """Of Python there is one, which tests/cli/test_formats.py holds; text is output."""
    languages = re.findall(r"^```(\w+)", PAGES[name], re.MULTILINE)
    assert set(languages) <= {"sh", "sql", "yaml", "text", "python"}
    assert languages.count("python") == (name == "README.md")


@pytest.mark.parametrize("section", re.findall(r"```yaml\n(.*?)```", ALL, re.DOTALL))
def test_every_section_stands_in_a_mapping(section: str) -> None:
    mapping = YAML(typ="safe").load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
    assert Mapping.model_validate({**mapping, **YAML(typ="safe").load(section)})


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        file, _, place = target.partition("#")
        there = (ROOT / name).parent / file if file else ROOT / name
        assert there.exists(), target
        if place:
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in {
                re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in titles
            }


@pytest.mark.broker
@pytest.mark.slow
def test_every_block_runs_as_written(tmp_path: Path) -> None:
    script = "\n".join(["set -euo pipefail", "cjm demo --events 1500", *runnable()])
    # Blocks are run in a clone; the presets are all they read of it.
    shutil.copytree(ROOT / "cjm_tracker" / "presets", tmp_path / "cjm_tracker" / "presets")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (tmp_path / "journey-map-bg.html").exists()
    assert (tmp_path / "cjm-demo" / "journey-map.html").exists()


@pytest.mark.parametrize("name", [*get_args(DeadLetterReason), *get_args(DropReason), *formats()])
def test_reasons_and_formats_are_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", Settings.model_fields)
def test_settings_are_on_the_page_for_engineers(name: str) -> None:
    assert f"CJM_{name.upper()}" in PAGES["deploy/README.md"]


def test_views_are_on_the_page_for_analysts() -> None:
    for view in (ROOT / "sql" / "views").glob("*.sql"):
        assert f"`{view.stem}`" in PAGES["sql/README.md"], view.stem


def test_alerts_and_dashboards_are_on_the_page_for_cx_teams() -> None:
    grafana = ROOT / "deploy" / "grafana"
    alerts = YAML(typ="safe").load(grafana / "provisioning" / "alerting" / "alerts.yaml")
    titles = [rule["title"] for group in alerts["groups"] for rule in group["rules"]]
    boards = (grafana / "dashboards").glob("*.json")
    titles += [json.loads(board.read_text(encoding="utf-8"))["title"] for board in boards]
    page = PAGES["deploy/grafana/README.md"]
    assert [title for title in titles if title not in page] == []
