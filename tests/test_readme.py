"""Every command of the README runs, and what it lists is what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from cjm_tracker.errors import DeadLetterReason
from cjm_tracker.events import DropReason
from cjm_tracker.settings import Settings
from cjm_tracker.sources import formats

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# A block is run unless a comment right above it says why not.
BLOCKS = re.findall(r"(<!-- not run[^>]*-->\n)?```sh\n(.*?)```", README, re.DOTALL)
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -q "


def runnable() -> list[str]:
    return [block for skip, block in BLOCKS if not skip and INSTALL not in block]


def test_ci_runs_the_readmes_test_command() -> None:
    (command,) = [block.strip() for _, block in BLOCKS if "pytest" in block]
    assert command in (ROOT / ".ci" / "run").read_text().replace(" -m pytest -q", " -m pytest")


@pytest.mark.broker
@pytest.mark.slow
def test_every_block_runs_as_written(tmp_path: Path) -> None:
    script = "\n".join(["set -euo pipefail", "cjm demo --events 1500", *runnable()])
    # Blocks are run in a clone; the presets are all they read of it.
    shutil.copytree(ROOT / "cjm_tracker" / "presets", tmp_path / "cjm_tracker" / "presets")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (tmp_path / "journey-map-bg.html").exists()
    assert (tmp_path / "cjm-demo" / "journey-map.html").exists()


@pytest.mark.parametrize("name", [*get_args(DeadLetterReason), *get_args(DropReason), *formats()])
def test_reasons_and_formats_are_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", Settings.model_fields)
def test_settings_are_in_the_readme(name: str) -> None:
    assert f"CJM_{name.upper()}" in README


def test_views_are_in_the_readme() -> None:
    for view in (ROOT / "sql" / "views").glob("*.sql"):
        if view.stem not in ("events", "stages"):
            assert f"`{view.stem}`" in README, view.stem
