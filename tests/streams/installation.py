"""One installation for a test: topics of its own on a shared broker, a warehouse of its own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from cjm_tracker.broker import Broker, Sent, Topics, create_topics, send
from cjm_tracker.embedded import Worker, worker
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import DEFAULT_MAPPING, load_mapping
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import connect, stitch


class Installation:
    """Settings, topics and a warehouse that no other test shares."""

    def __init__(self, broker: Broker, directory: Path, **settings: Any) -> None:
        self.broker = broker
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        name = f"t{uuid.uuid4().hex[:10]}"
        given = {
            "broker": broker.servers,
            "warehouse": f"chdb:///{directory / 'warehouse'}",
            "topic_prefix": name,
            "group": name,
            "partitions": 2,
            # A stitch takes half a second of work, however little is new.
            "stitch_every_s": 3.0,
            **settings,
        }
        self.settings: Settings = load_settings(**given)
        self.topics = Topics(name)
        create_topics(broker, self.topics, self.settings.partitions, 1)

    def send(self, format_name: str, *files: Path) -> Sent:
        """All records of the files to their raw topic."""
        format_ = format_named(format_name)
        total = Sent()
        with ExitStack() as stack:
            for log in open_logs([str(file) for file in files], stack):
                topic = self.topics.raw(format_.source)
                sent = send(self.broker, topic, format_name, log.frames(format_))
                total.records += sent.records
                total.ends |= sent.ends
        return total

    def worker(
        self, environment: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Worker]:
        return worker(self.settings, self.broker, self.directory / "worker.log", environment)

    def read_all(self, *sent: Sent) -> None:
        """Run a worker until everything sent is stored."""
        ends = {place: end for one in sent for place, end in one.ends.items()}
        with self.worker() as running:
            wait(running, self.broker, ends)
            assert running.stop() == 0, self.log

    def stitch(self) -> None:
        """Take in what the worker stored after its last stitch."""
        mapping = load_mapping(self.settings.mapping or DEFAULT_MAPPING)
        with connect(self.settings.warehouse.get_secret_value()) as warehouse:
            stitch(warehouse, mapping, time.time_ns() // 1_000_000)

    @property
    def log(self) -> str:
        return (self.directory / "worker.log").read_text(errors="replace")[-4000:]

    def rows(self, *queries: str) -> list[list[tuple[Any, ...]]]:
        """The answers of several queries, the warehouse open only meanwhile."""
        with connect(self.settings.warehouse.get_secret_value()) as warehouse:
            return [warehouse.query(query).rows for query in queries]


def wait(running: Worker, broker: Broker, ends: Mapping[Any, int]) -> None:
    """Until the worker has read and committed up to the ends."""
    running.wait_until_read(broker, ends, stall_s=60)
