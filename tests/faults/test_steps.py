"""A worker that dies between two steps of delivery, at each of the four."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker, Position
from cjm_tracker.warehouse import connect
from cjm_tracker.warehouse.ledger import ledger

from ..long import one_in
from ..streams.installation import Installation, wait
from .conftest import Times
from .feed import Feed
from .patches import AT
from .recount import recount
from .workers import QUICK, faulty, offsets, report, running

pytestmark = [pytest.mark.broker, pytest.mark.slow]

# What the last of them had done already: rows without a batch, batches without a commit.
LEFT_BEHIND = {
    "facts": (True, False),
    "dead_letters": (True, False),
    "ledger": (False, True),
    "commit": (False, False),
}


@pytest.mark.parametrize("step", one_in(2, LEFT_BEHIND))
def test_a_worker_that_dies_after_a_step_leaves_nothing_half_done(
    tansu: Broker, tmp_path: Path, times: Times, step: str
) -> None:
    installation = Installation(tansu, tmp_path, batch_records=100, **QUICK)
    feed = Feed(tansu, installation.topics.raw("website"), seed=3)
    which = random.Random(4)
    count = times(1, 50)
    with feed.flowing(per_second=100):
        for _ in range(count):
            at = str(which.randint(1, 3))
            with faulty(installation, f"after_{step}", **{AT: at}) as worker:
                assert worker._process.wait(120) == -9, worker._last_words()
    assert left_behind(installation) == LEFT_BEHIND[step]
    with running(installation) as worker:
        wait(worker, tansu, feed.expected.ends)
        assert worker.stop() == 0
    twice = recount(installation, feed.expected)
    report(f"killed after {step}", count, read_twice=twice)
    feed.close()


def left_behind(installation: Installation) -> tuple[bool, bool]:
    done = offsets(installation)
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        accounts = ledger(warehouse)
    return (
        any(account.beyond for account in accounts),
        any(account.last >= done.get(Position(*account.place), 0) for account in accounts),
    )
