"""The benchmarks run, in small; what they measure is not judged here."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from math import isnan
from pathlib import Path

import pytest

from benchmarks.ingest.logs import renewed
from benchmarks.ingest.watching import Seen, pace

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(
            "rebuild --touchpoints 20000 --customers 1000 --runs 1",
            "cjm-tracker",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "increment --sizes 20000,40000 --touched 100 --runs 1",
            "40,000",
            marks=pytest.mark.long,
        ),
        ("rules --sizes 10,100 --events 500 --runs 1", "100"),
        ("measures --touchpoints 20000 --customers 1000 --runs 1", "transitions"),
        ("formats --repeat 10 --runs 1", "segment"),
        ("text --comments 50 --runs 1", "vaderSentiment"),
        pytest.param(
            "identity --links 10000 --sizes 2000,4000 --batch 50 --runs 1",
            "4,000",
            marks=pytest.mark.long,
        ),
    ],  # fmt: skip
    ids=lambda text: text.split()[0],
)
def test_it_measures(arguments: str, line: str) -> None:
    assert any(row.startswith(line) for row in printed(arguments))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.broker
def test_ingest_measures_all_who_are_here() -> None:
    """The command itself fails when ours stored another number of records than was sent."""
    rows = printed("ingest --events 3000 --batch 500 --repeat 1 --no-stages")
    quix = ["Quix Streams"] if find_spec("quixstreams") else []
    stored = dict(re.findall(r"([\w-][^:;]*): ([\d,]+)", rows[-1] + rows[-2]))
    for name in ("cjm-tracker", "Faust agent", *quix, "limit"):
        assert any(row.startswith(f"{name}  ") for row in rows), name
        assert int(stored[name].replace(",", "")) > 2_000


def printed(arguments: str) -> list[str]:
    """The lines a benchmark prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments.split()],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [row.strip() for row in done.stdout.splitlines()]


def test_the_pace_leaves_out_start_and_end() -> None:
    seen = [
        Seen(10.0, 100, 5.0),
        Seen(11.0, 1_100, 5.5),
        Seen(12.0, 2_100, 6.0),
        Seen(20.0, 2_101, 6),
    ]
    found = pace(seen, 400.0)
    assert found.events_per_s == 1_000
    assert found.cpu_us == pytest.approx(500)


@pytest.mark.parametrize("commits", [1, 2])
def test_too_few_commits_give_no_pace(commits: int) -> None:
    seen = [Seen(float(at), at * 100, 1.0) for at in range(1, commits + 1)]
    assert isnan(pace(seen, 400.0).events_per_s)


def test_renewed_records_are_others() -> None:
    record = b'{"messageId":"a","anonymousId":"b","x":"messageId"}'
    assert list(renewed([record], 2)) == [
        b'{"messageId":"0-a","anonymousId":"0-b","x":"messageId"}',
        b'{"messageId":"1-a","anonymousId":"1-b","x":"messageId"}',
    ]
