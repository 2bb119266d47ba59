"""A worker killed in the middle of its work, again and again, while records keep coming."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker

from ..streams.installation import Installation, wait
from .conftest import Times
from .feed import Feed
from .recount import recount
from .workers import QUICK, kill, report, running, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("kafka", marks=pytest.mark.kafka),
        # `cjm up` is killed on it every time.
        pytest.param("tansu", marks=pytest.mark.long),
    ],
    indirect=True,
)
def test_a_killed_worker_loses_nothing_and_counts_nothing_twice(
    broker: Broker, tmp_path: Path, times: Times
) -> None:
    # Oftener than elsewhere: some die while they stitch.
    installation = Installation(broker, tmp_path, batch_records=100, stitch_every_s=1.0, **QUICK)
    feed = Feed(broker, installation.topics.raw("website"), seed=1)
    moment = random.Random(2)
    resumed: list[float] = []
    with feed.flowing(per_second=200):
        for _ in range(times(3, 200)):
            with running(installation) as worker:
                resumed.append(until_progress(worker, installation))
                time.sleep(moment.uniform(0, 0.3))  # where in a batch it dies is left to chance
                kill(worker)
    with running(installation) as worker:
        wait(worker, broker, feed.expected.ends)
        assert worker.stop() == 0
    report("kill -9", len(resumed), resumed, read_twice=recount(installation, feed.expected))
    feed.close()
