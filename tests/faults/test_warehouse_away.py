"""A warehouse server that is gone for a minute while records keep coming."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.broker.tansu import free_port

from ..streams.installation import Installation, wait
from ..warehouse.servers import Server
from .conftest import Times
from .feed import Feed
from .recount import recount
from .workers import QUICK, ask, offsets, report, rss_mb, running, until, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.slow]

MOST_GROWTH_MB = 300
RESUMES_WITHIN_S = 20


def test_an_absent_warehouse_is_waited_for_in_bounded_memory(
    tansu: Broker, server: Server, tmp_path: Path, times: Times
) -> None:
    away_s = times(10, 300)
    installation = Installation(
        tansu, tmp_path, batch_records=500, warehouse_timeout_s=5.0,
        warehouse=server.dsn(), health=f"127.0.0.1:{free_port()}", **QUICK,
    )  # fmt: skip
    settings = installation.settings
    feed = Feed(tansu, installation.topics.raw("website"), seed=6)
    resumed, grown = [], 0.0
    with running(installation) as worker:
        with feed.flowing(per_second=500):
            for _ in range(times(1, 5)):
                until_progress(worker, installation)
                until(lambda: ask(settings, "/readyz")[0] == 200, "ready")
                before_mb = rss_mb(worker)
                server.kill()
                until(lambda: ask(settings, "/readyz")[0] == 503, "not ready")
                stood = offsets(installation)
                back_at = time.monotonic() + away_s
                while time.monotonic() < back_at:
                    assert ask(settings, "/healthz")[0] == 200, "waiting is not being stuck"
                    assert ask(settings, "/readyz")[0] == 503
                    grown = max(grown, rss_mb(worker) - before_mb)
                    worker.check()
                    time.sleep(1)
                assert offsets(installation) == stood
                server.start()
                resumed.append(until_progress(worker, installation))
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    report(f"warehouse away {away_s} s", len(resumed), resumed, grown_MB=round(grown))
    assert grown < MOST_GROWTH_MB
    assert max(resumed) < RESUMES_WITHIN_S
    recount(installation, feed.expected)
    feed.close()
