"""SIGTERM: the worker ends by itself, soon, with nothing to be done again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker, Position
from cjm_tracker.warehouse import connect
from cjm_tracker.warehouse.ledger import ledger

from ..streams.installation import Installation, wait
from ..warehouse.servers import Server
from .conftest import Times
from .feed import Feed
from .recount import recount
from .workers import QUICK, offsets, report, running, until, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.slow]

WITHIN_S = 10.0


def test_a_worker_asked_to_stop_leaves_nothing_to_be_done_again(
    tansu: Broker, tmp_path: Path, times: Times
) -> None:
    # Oftener than elsewhere: some are asked while they stitch.
    installation = Installation(tansu, tmp_path, batch_records=100, stitch_every_s=1.0, **QUICK)
    feed = Feed(tansu, installation.topics.raw("website"), seed=11)
    took = []
    with feed.flowing(per_second=100):
        for _ in range(times(1, 20)):
            with running(installation) as worker:
                until_progress(worker, installation)
                asked = time.monotonic()
                assert worker.stop() == 0, worker._last_words()
                took.append(time.monotonic() - asked)
            assert stored(installation) == offsets(installation)
    with running(installation) as worker:
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    assert recount(installation, feed.expected) == 0
    report("SIGTERM", len(took), stopped_within_s=round(max(took), 1))
    assert max(took) < WITHIN_S
    feed.close()


def test_a_worker_that_waits_for_the_warehouse_stops_as_soon(
    tansu: Broker, server: Server, tmp_path: Path, times: Times
) -> None:
    installation = Installation(tansu, tmp_path, warehouse=server.dsn(), **QUICK)
    feed = Feed(tansu, installation.topics.raw("website"), seed=12)
    for _ in range(times(1, 20)):
        with running(installation) as worker:
            feed.send(100)
            until_progress(worker, installation)
            server.kill()
            feed.send(100)
            until(lambda: "warehouse away" in worker.log.read_text(), "it waits")
            asked = time.monotonic()
            worker.stop()
            assert time.monotonic() - asked < WITHIN_S
            assert worker._process.returncode == 0
        server.start()
    with running(installation) as worker:
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    recount(installation, feed.expected)
    feed.close()


def stored(installation: Installation) -> dict[Position, int]:
    """Up to where the ledger has each partition."""
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        return {Position(*one.place): one.last + 1 for one in ledger(warehouse)}
