"""The promises of `simulate` itself: same arguments, same bytes; the size asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cjm_tracker.simulator import SampleLogs, simulate

from .conftest import END
from .reading import SOURCES, records


def _contents(directory: Path) -> dict[str, bytes]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


@pytest.mark.parametrize("dirty", [True, False])
def test_same_arguments_give_the_same_bytes(tmp_path: Path, dirty: bool) -> None:
    first = simulate(tmp_path / "a", events=1_500, seed=3, end=END, dirty=dirty)
    second = simulate(tmp_path / "b", events=1_500, seed=3, end=END, dirty=dirty)
    assert _contents(first.directory) == _contents(second.directory)
    assert first.records == second.records
    assert first.planted == second.planted


def test_the_order_of_sets_does_not_matter(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import datetime; from pathlib import Path;"
        "from cjm_tracker.simulator import simulate;"
        "simulate(Path(sys.argv[1]), events=1500, end=datetime.fromisoformat(sys.argv[2]))"
    )
    for hash_seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-c", script, str(tmp_path / hash_seed), END.isoformat()]
        subprocess.run(command, env=environment, check=True)
    assert _contents(tmp_path / "1") == _contents(tmp_path / "2")


def test_the_zone_of_the_end_does_not_matter(tmp_path: Path) -> None:
    elsewhere = END.astimezone(timezone(timedelta(hours=9)))
    first = simulate(tmp_path / "a", events=600, end=END)
    second = simulate(tmp_path / "b", events=600, end=elsewhere)
    assert _contents(first.directory) == _contents(second.directory)


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", events=600, seed=1, end=END)
    second = simulate(tmp_path / "b", events=600, seed=2, end=END)
    assert first.website.read_bytes() != second.website.read_bytes()


@pytest.mark.parametrize("events", [500, 1_234, 4_000])
@pytest.mark.parametrize("dirty", [True, False])
def test_size_is_close_to_what_was_asked_for(tmp_path: Path, events: int, dirty: bool) -> None:
    logs = simulate(tmp_path, events=events, seed=events, end=END, dirty=dirty)
    assert sum(logs.records.values()) == pytest.approx(events, rel=0.05)


@pytest.mark.parametrize("source", SOURCES)
def test_records_are_counted(dirty: SampleLogs, source: str) -> None:
    assert len(records(dirty, source)) == dirty.records[source]


def test_every_source_is_there_in_a_usable_share(dirty: SampleLogs) -> None:
    total = sum(dirty.records.values())
    assert total == pytest.approx(20_000, rel=0.05)
    assert all(count > total * 0.02 for count in dirty.records.values())


def test_a_naive_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        simulate(tmp_path, end=END.replace(tzinfo=None))


def test_a_world_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        simulate(tmp_path, events=10, end=END)


@pytest.mark.parametrize(
    "end", [datetime(2024, 3, 31, 2, tzinfo=UTC), datetime(2025, 10, 27, tzinfo=UTC)]
)
def test_changes_of_the_clock_do_no_harm(tmp_path: Path, end: datetime) -> None:
    logs = simulate(tmp_path, events=600, end=end)
    assert sum(logs.records.values()) == pytest.approx(600, rel=0.05)
