"""`cjm rebuild` as a person runs it, and a process that is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .commands import cjm
from .test_bad_input import PAGE

OLD = """\
version: small_1
stages: [awareness, purchase]
sources:
  website:
    channel: web
    rules:
      - {when: {call: page}, touchpoint: page_viewed, stage: awareness}
journeys:
  - name: visit
    inactivity: 30m
"""
NEW = OLD.replace("small_1", "small_2")
NEW = NEW.replace("page_viewed, stage: awareness", "shop, stage: purchase")
# The rebuild of the command, in pages and parts small enough to be killed between them.
SLOWLY = """
import sys
from pathlib import Path
from cjm_tracker.cli.common import now_ms
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.warehouse import connect
from cjm_tracker.warehouse.rebuild import rebuild

plan = load_mapping(Path("new.yaml"))
with connect("chdb:///cjm-data", create=False) as warehouse:
    print("begun", flush=True)
    version = Pipeline(plan, b"").version
    done = rebuild(
        warehouse, plan, version, now_ms(), page=3, part=2,
        progress=lambda *step: print(*step, flush=True),
    )
print("done", done.went_on, flush=True)
"""
CUSTOMERS = 9


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    log = "".join((PAGE % n).replace('"a"', f'"c{n % CUSTOMERS}"') for n in range(3 * CUSTOMERS))
    (tmp_path / "log.jsonl").write_text(log)
    load = ("load", "--direct", "--format", "segment", "--mapping", "old.yaml", "log.jsonl")
    done = cjm(tmp_path, *load)
    assert done.returncode == 0, done.stderr
    return tmp_path


def answer(place: Path, query: str) -> list[str]:
    done = cjm(place, "sql", query, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:]


JOURNEYS = "SELECT path_text, stages[1] AS stage, count() AS n FROM journeys GROUP BY ALL"


def test_it_says_what_it_did_and_a_second_time_nothing_changes(place: Path) -> None:
    assert answer(place, JOURNEYS) == ["page_viewed,awareness,9"]
    for changed in (27, 0):
        done = cjm(place, "rebuild", "--mapping", "new.yaml")
        assert (done.returncode, done.stderr.strip()) == (0, "")
        assert (
            done.stdout.split()
            == (
                f"27 stored events looked at, {changed} of them say something else now; "
                "journeys of 9 customers written"
            ).split()
        )
        assert answer(place, JOURNEYS) == ["shop,purchase,9"]


def test_its_help_says_what_it_cannot_do_and_what_comes_first(place: Path) -> None:
    said = " ".join(cjm(place, "rebuild", "--help").stdout.split())
    assert "load the logs again" in said and "Workers may go on" in said


@pytest.mark.long
def test_killed_again_and_again_it_comes_to_its_end(place: Path) -> None:
    whole = _lines(place, kill_after=10_000)
    assert whole[-1] == "done False" and len(whole) > 12
    cjm(place, "rebuild", "--mapping", "old.yaml")  # and back
    steps: list[str] = []
    for kill_after in (3, 1, 8, 2):
        steps += _lines(place, kill_after)
    steps += _lines(place, kill_after=10_000)
    assert steps[-1] == "done True"
    assert answer(place, JOURNEYS) == ["shop,purchase,9"]
    # What was done before a kill is not done again, but for the step that was at hand.
    begun = [step for step in whole if step[0] in "mp"]
    assert len(begun) <= len([step for step in steps if step[0] in "mp"]) <= len(begun) + 4


def _lines(place: Path, kill_after: int) -> list[str]:
    """What the rebuild says until it is killed, or ends."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CJM_")}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY], cwd=place, stdout=subprocess.PIPE, text=True, env=bare
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.strip())
        if len(lines) > kill_after:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait(60)
    return lines
