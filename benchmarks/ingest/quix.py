"""Quix Streams, event by event: `python -m benchmarks.ingest.quix STAGE`."""

from __future__ import annotations

import sys
import tempfile

from quixstreams import Application

from benchmarks.ingest.each_event import Work
from benchmarks.ingest.process import COMMIT_S, opened, settings, tuned
from cjm_tracker.broker import Topics


def main(stage: str) -> None:
    """Run until a signal."""
    given = settings()
    app = Application(
        broker_address=given.broker,
        consumer_group=f"{given.group}-website",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        commit_interval=COMMIT_S,
        state_dir=tempfile.mkdtemp(prefix="cjm-quix-"),
        loglevel="WARNING",
        # The embedded broker waits a session for those who left no word.
        consumer_extra_config={"session.timeout.ms": 6_000, "heartbeat.interval.ms": 2_000},
    )
    topic = app.topic(Topics(given.topic_prefix).raw("website"), value_deserializer="bytes")
    with opened(given) as warehouse:
        work = Work(warehouse, stage)

        def take(value: bytes) -> bytes:
            work.take(value)
            return value

        app.dataframe(topic).apply(take)
        tuned()
        app.run()
        work.rows.insert()


if __name__ == "__main__":
    main(sys.argv[1])
