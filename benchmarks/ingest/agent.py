"""An event-by-event Faust agent: `python -m benchmarks.ingest.agent STAGE`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator

import faust

from benchmarks.ingest.each_event import SECONDS, Work
from benchmarks.ingest.process import COMMIT_S, opened, settings, tuned
from cjm_tracker.broker import Broker, Topics


def main(stage: str) -> None:
    """Run until a signal; Faust commits what its agent has taken."""
    given = settings()
    app = faust.App(
        f"{given.group}-website",
        broker=[f"kafka://{Broker.of(given)}"],
        store="memory://",
        datadir=tempfile.mkdtemp(prefix="cjm-agent-"),
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=COMMIT_S,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=1.0,
        worker_redirect_stdouts=False,
    )
    app.boot_strategy.enable_web = False
    topic = app.topic(
        Topics(given.topic_prefix).raw("website"), value_type=bytes, value_serializer="raw"
    )
    with opened(given) as warehouse:
        work = Work(warehouse, stage)

        @app.agent(topic)
        async def website(values: AsyncIterator[bytes]) -> None:
            async for value in values:
                work.take(value)

        @app.timer(SECONDS)
        async def insert_old() -> None:
            work.rows.insert_old()

        @app.on_before_shutdown.connect
        async def insert_rest(*_: object, **__: object) -> None:
            work.rows.insert()

        tuned()
        faust.Worker(app, loglevel="WARN").execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1])
