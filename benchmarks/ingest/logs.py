"""The input: web events as the simulator writes them, broken ones included, on a topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from cjm_tracker.broker import Broker, Sent, Topics, create_topics, send
from cjm_tracker.simulator import simulate
from cjm_tracker.simulator.sample import FEWEST_EVENTS

PARTITIONS = 3


def web_events(directory: Path, count: int) -> list[bytes]:
    """So many records of the website's log. Nine of ten events of the retailer are its."""
    asked = max(FEWEST_EVENTS, count * 5 // 4)
    log = simulate(directory, events=asked, end=datetime.now(UTC)).website
    with log.open("rb") as lines:
        records = [line.rstrip(b"\n") for line in islice(lines, count)]
    if len(records) < count:
        raise SystemExit(f"the simulator gave {len(records):,} web events of {count:,}")
    return records


def produce(
    broker: Broker, prefix: str, records: Iterable[bytes], partitions: int = PARTITIONS
) -> Sent:
    """All on the raw topic of the website, under a prefix of its own."""
    topics = Topics(prefix)
    create_topics(broker, topics, partitions, 1)
    return send(broker, topics.raw("website"), "segment", ((record, 0) for record in records))


def renewed(records: list[bytes], count: int) -> Iterator[bytes]:
    """So many records: the given ones over and over, each time by other people under other ids."""
    rounds = ((number, record) for number in range(count // len(records) + 1) for record in records)
    for number, record in islice(rounds, count):
        again = b'":"%d-' % number
        for field in (b'"messageId', b'"anonymousId'):
            record = record.replace(field + b'":"', field + again, 1)
        yield record
