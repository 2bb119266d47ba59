"""The benchmarks run, in small; what they measure is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("rebuild --touchpoints 20000 --customers 1000 --runs 1", "cjm-tracker"),
        ("increment --sizes 20000,40000 --touched 100 --runs 1", "40,000"),
        ("identity --links 10000 --sizes 2000,4000 --batch 50 --runs 1", "4,000"),
    ],
    ids=lambda text: text.split()[0],
)
def test_it_measures(arguments: str, line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments.split()],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert any(row.strip().startswith(line) for row in done.stdout.splitlines())
