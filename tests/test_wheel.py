"""The built wheel alone, outside the checkout, runs the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=600,
        env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_wheel_runs_the_demo_in_a_fresh_environment(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path)
    run(*build, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    install = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel)
    run(*install, cwd=tmp_path)
    # What it depends on is borrowed: to install that once more takes minutes. It comes last on the
    # path, so that what is missing in the wheel is missing.
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    stranger = tmp_path / "elsewhere"
    stranger.mkdir()
    cjm = tmp_path / "venv" / "bin" / "cjm"
    result = json.loads(run(cjm, "demo", "--events", "600", "--json", cwd=stranger))
    assert result["records"] >= 570
    assert (stranger / result["journey_map"]).exists()
    shipped = run(
        python, "-c",
        "from cjm_tracker import resources as r; print(r.SQL, (r.DEPLOY / 'grafana').is_dir())",
        cwd=stranger,
    )  # fmt: skip
    assert "_shipped" in shipped and "True" in shipped
