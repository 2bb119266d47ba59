"""Workers that join and leave, asked to or killed, while records keep coming."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from pathlib import Path
from signal import SIGTERM

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.embedded import Worker

from ..streams.installation import Installation, wait
from ..warehouse.servers import Server
from .conftest import Times
from .feed import Feed
from .recount import recount
from .workers import QUICK, kill, offsets, report, running

# Not on the embedded broker: its groups do not come to rest after members were killed.
pytestmark = [pytest.mark.broker, pytest.mark.kafka, pytest.mark.slow]

STORM_S = 15.0
MOST_WORKERS = 3
STANDSTILL_S = 60.0


def test_a_storm_of_rebalances_loses_nothing_and_counts_nothing_twice(
    kafka: Broker, server: Server, tmp_path: Path, times: Times
) -> None:
    installation = Installation(
        kafka, tmp_path, partitions=4, batch_records=200, warehouse=server.dsn(), **QUICK
    )
    feed = Feed(kafka, installation.topics.raw("website"), seed=8)
    chance = random.Random(9)
    joined = left = died = 0
    stood = [0.0]
    with ExitStack() as stack:
        workers: list[Worker] = []
        with feed.flowing(per_second=100):
            end = time.monotonic() + STORM_S * times(1, 40)
            done, since = offsets(installation), time.monotonic()
            while time.monotonic() < end:
                if len(workers) < 2 or (len(workers) < MOST_WORKERS and chance.random() < 0.5):
                    workers.append(stack.enter_context(running(installation, joined)))
                    joined += 1
                elif chance.random() < 0.5:
                    assert workers.pop(0).stop() == 0
                    left += 1
                else:
                    kill(workers.pop(0))
                    died += 1
                time.sleep(chance.uniform(3, 7))
                if (now := offsets(installation)) != done:
                    done, since = now, time.monotonic()
                stood.append(time.monotonic() - since)
        wait(workers[-1], kafka, feed.expected.ends)
        for worker in workers:
            # The last one may still be starting, and end by the signal before it reads anything.
            assert worker.stop() in (0, -SIGTERM)
    twice = recount(installation, feed.expected)
    report("rebalances", joined + left + died, joined=joined, left=left, killed=died,
           read_twice=twice, longest_standstill_s=round(max(stood)))  # fmt: skip
    assert max(stood) < STANDSTILL_S
    feed.close()
