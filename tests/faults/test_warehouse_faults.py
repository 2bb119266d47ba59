"""A warehouse server that answers late, not at all, or with an error; and one that refuses rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from cjm_tracker.broker import Broker
from cjm_tracker.warehouse import connect

from ..streams.installation import Installation, wait
from ..warehouse.servers import Server
from . import workers
from .conftest import Times
from .feed import Feed
from .proxy import Fault, Proxy, proxy
from .recount import recount
from .workers import QUICK, faulty, offsets, report, running, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]
FAULTS: list[Fault] = ["answer lost", "time-out", "503", "cut"]
TIMEOUT_S = 1.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with workers.server(tmp_path_factory.mktemp("module") / "server") as running:
        yield running


@pytest.fixture
def between(server: Server) -> Iterator[tuple[Proxy, int]]:
    with proxy(server.port, hold_s=TIMEOUT_S + 0.5) as (before, port):
        yield before, port


@pytest.fixture
def installation(
    tansu: Broker, server: Server, between: tuple[Proxy, int], tmp_path: Path
) -> Installation:
    """One that writes through the proxy into a database of its own."""
    made = Installation(
        tansu,
        tmp_path,
        batch_records=100,
        warehouse_timeout_s=TIMEOUT_S,
        stitch_every_s=60.0,
        **QUICK,
    )
    through = server.dsn(made.settings.group).replace(f":{server.port}/", f":{between[1]}/")
    made.settings.warehouse = type(made.settings.warehouse)(through)
    return made


def test_an_insert_whose_fate_is_unknown_counts_once(
    installation: Installation, between: tuple[Proxy, int], times: Times
) -> None:
    before, _ = between
    feed = Feed(installation.broker, installation.topics.raw("website"), seed=5)
    most = times(4, 100)
    with running(installation) as worker:
        with feed.flowing(per_second=100):
            for fault in FAULTS:
                # Seven: a batch takes six inserts at most, so the next try meets none.
                before.every(7, fault, most)
                until(lambda: before.made == most or worker.check(), fault, 60 + 4 * most)
        wait(worker, installation.broker, feed.expected.ends)
        assert worker.stop() == 0
    assert "trying again" in installation_log(installation)
    report(" / ".join(FAULTS), most, read_twice=recount(installation, feed.expected))
    feed.close()


def test_only_the_records_the_warehouse_refuses_become_dead_letters(
    installation: Installation, between: tuple[Proxy, int]
) -> None:
    before, _ = between
    bad = {"m003", "m011", "m012"}
    before.choose = lambda table, rows: (
        "refused" if table == "event_log" and any(id.encode() in rows for id in bad) else None
    )
    send(installation, [page(f"m{number:03d}") for number in range(24)])
    with running(installation) as worker:
        until(lambda: sum(offsets(installation).values()) == 24 or worker.check(), "all read")
        assert worker.stop() == 0
    events, letters = rows(installation)
    assert letters == {("does_not_fit", id) for id in bad}
    assert events == {f"m{number:03d}" for number in range(24)} - bad


def test_a_warehouse_that_refuses_everything_ends_the_worker_and_nothing_is_committed(
    installation: Installation, between: tuple[Proxy, int]
) -> None:
    before, _ = between
    before.choose = lambda table, rows: "refused" if table == "event_log" else None
    send(installation, [page(f"m{number}") for number in range(20)])
    with running(installation) as worker:
        assert worker._process.wait(60) not in (0, None)
    assert not sum(offsets(installation).values())
    assert rows(installation) == (set(), set())


def test_only_the_records_that_fit_no_column_become_dead_letters(
    tansu: Broker, tmp_path: Path
) -> None:
    installation = Installation(tansu, tmp_path, **QUICK)
    send(installation, [page(f"m{number}", unfit=number in (3, 31)) for number in range(40)])
    with faulty(installation, "misread_amounts") as worker:
        until(lambda: sum(offsets(installation).values()) == 40 or worker.check(), "all read")
        assert worker.stop() == 0
    events, letters = rows(installation)
    assert letters == {("does_not_fit", "m3"), ("does_not_fit", "m31")}
    assert events == {f"m{number}" for number in range(40)} - {"m3", "m31"}


def test_where_nothing_fits_the_worker_ends_and_nothing_is_committed(
    tansu: Broker, tmp_path: Path
) -> None:
    installation = Installation(tansu, tmp_path, **QUICK)
    send(installation, [page(f"m{number}", unfit=True) for number in range(40)])
    with faulty(installation, "misread_amounts") as worker:
        assert worker._process.wait(60) not in (0, None)
    assert not sum(offsets(installation).values())


def page(event_id: str, *, unfit: bool = False) -> bytes:
    said = {
        "type": "track",
        "event": "Order Completed",
        "messageId": event_id,
        "anonymousId": "c1",
        "timestamp": "2026-10-01T10:00:00Z",
        "properties": {"revenue": 1, "coupon": "unfit" if unfit else ""},
    }
    return json.dumps(said).encode()


def send(installation: Installation, records: list[bytes]) -> None:
    """All before the worker starts, into one partition: one batch."""
    producer = KafkaProducer(**installation.broker.options)
    for record in records:
        producer.send(installation.topics.raw("website"), record, partition=0)
    producer.flush()
    producer.close()


def rows(installation: Installation) -> tuple[set[str], set[tuple[str, str]]]:
    """Ids of events; reasons and ids of dead letters."""
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        events = warehouse.query("SELECT event_id FROM events").rows
        letters = warehouse.query("SELECT reason, value FROM dead_letters").rows
    return (
        {event_id for (event_id,) in events},
        {(reason, json.loads(value)["messageId"]) for reason, value in letters},
    )


def installation_log(installation: Installation) -> str:
    return (installation.directory / "worker0.log").read_text(errors="replace")
