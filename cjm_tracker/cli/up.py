"""`cjm up`: broker, worker, engine, SQL and the live page on this machine, until it is stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import typer

from cjm_tracker.broker import (
    Broker,
    EmbeddedBroker,
    Span,
    Topics,
    committed,
    counted,
    create_topics,
    spans,
)
from cjm_tracker.broker.tansu import refuse_taken_port
from cjm_tracker.child import bound
from cjm_tracker.cli.common import (
    MappingOption,
    WarehouseOption,
    err,
    mapping_of,
    now_ms,
    opened,
    out,
    stitch_now,
)
from cjm_tracker.embedded import Worker, worker
from cjm_tracker.errors import BrokerError, ConfigError, WorkerError
from cjm_tracker.events import SOURCES
from cjm_tracker.running import Running, beside, claimed
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse.client import parse_dsn

START_S, DRAIN_S = 60.0, 10.0
LOOPBACK = "127.0.0.1"
END = 1 << 62


def up(
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    port: Annotated[int, typer.Option(metavar="N", help="Of the broker.")] = 9092,
    sql_port: Annotated[int, typer.Option(metavar="N", help="Of ClickHouse's HTTP.")] = 8123,
    page_port: Annotated[int, typer.Option(metavar="N", help="Of the live page.")] = 8080,
) -> None:
    """Run everything on this machine until Ctrl-C: broker, worker, SQL, a live page.

    What was sent is in the warehouse when it ends, and cjm up again goes on.
    All of it listens on loopback only.
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    directory = parse_dsn(settings.warehouse.get_secret_value()).directory
    if directory is None:
        raise ConfigError("cjm up holds an embedded warehouse: name one by --warehouse chdb:///DIR")
    mapping_of(settings)  # a wrong one is refused before anything is started
    # Its offsets begin at 0 each time: a prefix of its own keeps addresses apart.
    settings = settings.model_copy(update={"topic_prefix": f"up{now_ms()}"})
    with claimed(directory) as claim, _asked_to_stop() as stop:
        ports = {"--port": port, "--sql-port": sql_port, "--page-port": page_port}
        for option, number in ports.items():
            refuse_taken_port(number, option)
        running = Running(
            os.getpid(), *(f"{LOOPBACK}:{port}", settings.topic_prefix),
            *(f"{LOOPBACK}:{sql_port}", f"{LOOPBACK}:{page_port}"),
        )  # fmt: skip
        with opened(settings, existing=False):
            pass  # is the warehouse there, and of this version? Said here in one line
        with EmbeddedBroker(port, **bound()) as broker:
            topics = Topics(settings.topic_prefix)
            create_topics(broker, topics, settings.partitions, settings.replication)
            listening = {"CJM_SQL": running.sql, "CJM_PAGE": running.page}
            log = beside(directory, "worker.log")
            holding = {**bound(), "pass_fds": (claim.descriptor,)}
            with worker(settings, broker, log, listening, **holding) as work:
                with err.status("starting the worker"):
                    _wait_for(work, running, stop)
                claim.announce(running)
                _tell(running)
                while not stop.wait(0.5):
                    work.check()
                err.print("stopping: what was sent is stored first")
                lost = _drain(settings, broker, work)
                status = work.stop()
            with opened(settings) as open_warehouse:
                stitch_now(open_warehouse, settings, mapping_of(settings))
    _farewell(settings, lost, status, str(log))


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C and SIGTERM; a second one is heard no differently: stopping takes seconds."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for(work: Worker, running: Running, stop: threading.Event) -> None:
    """Return when the worker answers, or is to stop already."""
    until = time.monotonic() + START_S
    # Not by a proxy that the surroundings name.
    ask = partial(build_opener(ProxyHandler({})).open, timeout=2)
    while not stop.is_set():
        work.check()
        try:
            ask(f"http://{running.sql}/ping").close()
            ask(f"http://{running.page}/").close()
            return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise WorkerError(
                    f"the worker does not answer after {START_S:.0f} s, see {work.log}"
                ) from None
            time.sleep(0.1)


def _drain(settings: Settings, broker: Broker, work: Worker) -> int:
    """Wait until everything sent is stored; how many records are not, as their topic goes."""
    topics = [Topics(settings.topic_prefix).raw(source) for source in SOURCES]
    until = time.monotonic() + DRAIN_S
    while True:
        try:
            read = committed(broker, work.groups)
            # Read to its end: the embedded broker names that too low.
            ranges = {
                place: [Span(span.following(read.get(place)), END)]
                for place, span in spans(broker, topics).items()
            }
            left = sum(sum(found.values()) for found in counted(broker, ranges).values())
        except BrokerError:
            return 0  # it is gone, and nobody can tell any more
        if not left or time.monotonic() > until or work.has_ended:
            return left
        time.sleep(0.2)


def _tell(running: Running) -> None:
    raw = f"{running.topic_prefix}.raw.SOURCE"
    for name, where, what in (
        ("page", f"http://{running.page}", "the journey map and the feeds, live"),
        ("SQL", f"http://{running.sql}", "ClickHouse's HTTP, database cjm, reads only"),
        ("broker", running.broker, f"Kafka; topics {raw}"),
    ):
        out.print(f"{name:<7} {where:<22} {what}", markup=False, soft_wrap=True)
    out.print("\nIn another terminal, here:", markup=False)
    query = f'cjm sql "SELECT * FROM feeds" --warehouse clickhouse://{running.sql}'
    out.print("  cjm send --source website FILE     posts records and says where they went")
    out.print(f"  {query}", markup=False, soft_wrap=True)
    out.print("Ctrl-C stops; cjm up again goes on.")


def _farewell(settings: Settings, lost: int, status: int, log: str) -> None:
    where = parse_dsn(settings.warehouse.get_secret_value())
    if lost:
        err.print(f"{lost:,} records were not read in time and are gone: send them again")
    if status not in (0, -signal.SIGKILL):
        err.print(f"the worker ended with status {status}, see {log}: nothing stored is lost")
    out.print(f"stopped; everything is in {where}: cjm up goes on", soft_wrap=True)
