"""Apache Kafka restarted, and frozen for half a minute, under load."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..brokers import kafka as apache
from ..streams.installation import Installation, wait
from .conftest import Times
from .feed import Feed
from .recount import recount
from .workers import QUICK, report, running, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.kafka, pytest.mark.slow]

FROZEN_S = 30


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apache.Node]:
    if reason := apache.missing():
        if apache.required():
            pytest.fail(f"{reason}, and CI must run it")
        pytest.skip(reason)
    with apache.kafka_node(tmp_path_factory.mktemp("kafka")) as running:
        yield running


def restart(node: apache.Node) -> None:
    node.stop()
    node.start()


def freeze(node: apache.Node) -> None:
    node.freeze()
    try:
        time.sleep(FROZEN_S)
    finally:
        node.thaw()


@pytest.mark.parametrize("fault", [restart, pytest.param(freeze, marks=pytest.mark.long)])
def test_a_broker_that_comes_back_has_lost_nothing(
    node: apache.Node, tmp_path: Path, times: Times, fault: object
) -> None:
    assert callable(fault)
    installation = Installation(node.broker, tmp_path, batch_records=500, **QUICK)
    feed = Feed(node.broker, installation.topics.raw("website"), seed=7)
    resumed = []
    with running(installation) as worker:
        with feed.flowing(per_second=200):
            for _ in range(times(1, 20)):
                until_progress(worker, installation)
                fault(node)
                resumed.append(until_progress(worker, installation))
        wait(worker, node.broker, feed.expected.ends)
        assert worker.stop() == 0
    twice = recount(installation, feed.expected)
    report(f"broker: {fault.__name__}", len(resumed), resumed, read_twice=twice)
    feed.close()
