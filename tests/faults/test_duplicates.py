"""Half of the records twice, others contradicting them, all in any order: counted once."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from kafka import KafkaProducer

from cjm_tracker.broker import Broker
from cjm_tracker.embedded import Worker

from ..streams.installation import Installation
from .workers import QUICK, offsets, report, running, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

EVENTS = 600
CONFLICTS = 50
FIGURES = (
    "SELECT source, event_id, touchpoint, value FROM events ORDER BY ALL",
    "SELECT customer_id, journey_no, path_text FROM journeys ORDER BY ALL",
)
# What a contradiction leaves behind: another fingerprint under one id.
CONTRADICTED = (
    "SELECT count() FROM (SELECT event_id FROM event_log GROUP BY source, event_id"
    " HAVING uniqExact(fingerprint) > 1)"
)


def test_repetitions_contradictions_and_order_change_no_figure(
    tansu: Broker, tmp_path: Path
) -> None:
    events = [order(number, 1) for number in range(EVENTS)]
    conflicts = [order(number, 2) for number in range(CONFLICTS)]
    records = events + events[: EVENTS - CONFLICTS] + conflicts
    found = []
    for seed in (1, 2):
        random.Random(seed).shuffle(records)
        installation = Installation(tansu, tmp_path / str(seed), batch_records=300, **QUICK)
        with running(installation) as worker:
            send(installation, records)
            read(installation, worker, len(records))
            assert worker.stop() == 0
        installation.stitch()
        figures = installation.rows(*FIGURES)
        assert installation.rows(CONTRADICTED) == [[(CONFLICTS,)]]
        found.append(figures)
    (stored, _) = found[0]
    assert Counter(event_id for _, event_id, _, _ in stored) == Counter(
        f"m{number}" for number in range(EVENTS)
    )
    # One of the two is taken whole, and the same one in whatever order they came.
    assert {value for _, _, _, value in stored} <= {1, 2}
    assert found[0] == found[1]
    report("repeated, contradicted, shuffled", len(found), records=len(records))


def order(number: int, revenue: int) -> bytes:
    said = {
        "type": "track", "event": "Order Completed", "messageId": f"m{number}",
        "anonymousId": f"c{number % 50}",
        "timestamp": f"2026-10-{number % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:00Z",
        "properties": {"revenue": revenue, "currency": "EUR"},
    }  # fmt: skip
    return json.dumps(said).encode()


def send(installation: Installation, records: Sequence[bytes]) -> None:
    producer = KafkaProducer(**installation.broker.options, linger_ms=5)
    for record in records:
        producer.send(installation.topics.raw("website"), record)
    producer.flush()
    producer.close()


def read(installation: Installation, worker: Worker, records: int) -> None:
    """Until so many are committed."""
    until(lambda: sum(offsets(installation).values()) == records or worker.check(), "all read")
