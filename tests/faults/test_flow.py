"""Records that never stop coming: a batch must end all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.broker import Broker

from ..streams.installation import Installation, wait
from .feed import Feed
from .recount import recount
from .workers import QUICK, report, running, until_progress

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def test_a_steady_trickle_is_committed_while_it_flows(tansu: Broker, tmp_path: Path) -> None:
    # A batch of 20,000 would take minutes to fill, and the watchdog comes after 20 s.
    installation = Installation(tansu, tmp_path, stuck_after_s=20.0, **QUICK)
    feed = Feed(tansu, installation.topics.raw("website"), seed=16)
    with running(installation) as worker:
        with feed.flowing(per_second=200, bursts=200):
            took = [until_progress(worker, installation) for _ in range(4)]
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    recount(installation, feed.expected)
    report("steady trickle", len(took), took)
    feed.close()
