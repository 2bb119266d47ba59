"""A warehouse directory on a disk that is full, and has room again later."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.broker.tansu import free_port

from ..streams.installation import Installation, wait
from .feed import Feed
from .recount import recount
from .workers import QUICK, ask, report, running, until, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """120 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk takes the right to mount one")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_waited_for(tansu: Broker, tmp_path: Path, small_disk: Path) -> None:
    installation = Installation(
        tansu, tmp_path, batch_records=500, warehouse=f"chdb:///{small_disk / 'warehouse'}",
        health=f"127.0.0.1:{free_port()}", **QUICK,
    )  # fmt: skip
    settings = installation.settings
    feed = Feed(tansu, installation.topics.raw("website"), seed=10)
    with running(installation) as worker:
        with feed.flowing(per_second=200):
            until_progress(worker, installation)
            until(lambda: ask(settings, "/readyz")[0] == 200, "ready")
            filler = small_disk / "filler"
            fill(filler)
            until(lambda: ask(settings, "/readyz")[0] == 503, "waiting for room")
            assert ask(settings, "/healthz")[0] == 200
            worker.check()
            filler.unlink()
            resumed = until_progress(worker, installation)
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    report("disk full", 1, [resumed])
    recount(installation, feed.expected)
    feed.close()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(1 << 16))
        except OSError:
            pass
