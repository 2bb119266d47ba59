"""When a worker is stuck, and that it then ends with status 70."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.broker import Broker
from streams.health import Health
from streams.watchdog import verdict

from ..streams.installation import Installation
from .feed import Feed
from .workers import QUICK, faulty, offsets, report

STUCK_S = 60.0
NOW = 1_000.0


@pytest.fixture
def health() -> Health:
    """Of a worker that reads two sources and is well."""
    well = Health(STUCK_S, beat_at=NOW, opened=True)
    well.expect(("website", "store"), NOW)
    for source in well.sources.values():
        source.joined = True
    return well


def later(health: Health, seconds: float) -> float:
    """So much later the event loop still comes round."""
    health.beat_at = NOW + seconds
    return health.beat_at


def test_a_worker_with_nothing_to_read_is_never_stuck(health: Health) -> None:
    assert not verdict(health, later(health, 100 * STUCK_S), stop_within_s=10)


def test_records_that_wait_without_a_commit_are_a_standstill(health: Health) -> None:
    health.lag("store", {0: 5}, NOW, is_read=False)
    assert not verdict(health, later(health, STUCK_S), stop_within_s=10)
    assert "store: 5 records" in verdict(health, later(health, STUCK_S + 1), stop_within_s=10)


def test_a_commit_is_progress(health: Health) -> None:
    health.lag("store", {0: 5}, NOW, is_read=False)
    health.progressed("store", NOW + STUCK_S)
    assert not verdict(health, later(health, STUCK_S + 1), stop_within_s=10)


def test_an_end_nobody_commits_is_read_all_the_same(health: Health) -> None:
    # A transaction's marker: the lag stays 1 for ever.
    health.lag("store", {0: 1}, NOW + STUCK_S, is_read=True)
    assert not verdict(health, later(health, STUCK_S + 1), stop_within_s=10)


def test_another_source_is_no_excuse(health: Health) -> None:
    health.lag("store", {0: 5}, NOW, is_read=False)
    now = later(health, STUCK_S + 1)
    health.progressed("website", now)
    assert "store" in verdict(health, now, stop_within_s=10)


def test_who_waits_for_the_warehouse_is_not_stuck_but_not_ready(health: Health) -> None:
    health.lag("store", {0: 5}, NOW, is_read=False)
    health.waiting.add("store")
    assert not verdict(health, later(health, 100 * STUCK_S), stop_within_s=10)
    assert not health.is_ready()


def test_an_event_loop_that_stands_still_is_stuck_whatever_it_waits_for(health: Health) -> None:
    health.waiting.add("store")
    assert not verdict(health, NOW + STUCK_S, stop_within_s=10)
    assert "event loop" in verdict(health, NOW + STUCK_S + 1, stop_within_s=10)


def test_a_worker_asked_to_stop_has_so_long_and_no_longer(health: Health) -> None:
    health.stop_asked_at = NOW
    assert not verdict(health, NOW + 10, stop_within_s=10)
    assert "not stopped within 10 s" in verdict(health, NOW + 10.1, stop_within_s=10)


def test_it_is_ready_when_all_sources_are_joined_and_the_warehouse_answers(health: Health) -> None:
    assert health.is_ready() and health.report(NOW)["status"] == "ok"
    health.sources["store"].joined = False
    assert not health.is_ready() and health.report(NOW)["status"] == "degraded"


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.parametrize("fault", ["blocked_loop", "hanging_delivery"])
def test_a_worker_that_stands_still_ends_with_status_70(
    tansu: Broker, tmp_path: Path, fault: str
) -> None:
    installation = Installation(tansu, tmp_path, stuck_after_s=5.0, health="off", **QUICK)
    feed = Feed(tansu, installation.topics.raw("website"), seed=13)
    feed.send(10)
    with faulty(installation, fault) as worker:
        assert worker._process.wait(60) == 70
        log = worker.log.read_text()
    assert "ended by the watchdog" in log
    assert 'File "' in log, "no stacks to see where it stood"
    assert not sum(offsets(installation).values())
    report(fault, 1)
    feed.close()
