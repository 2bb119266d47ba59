"""Reading a range of a topic once more, under no consumer group: nothing is committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import CONNECT_MS, translated
from cjm_tracker.broker.lag import Position
from cjm_tracker.errors import BrokerError
from cjm_tracker.events import Record

# The embedded broker names the end of its log too low: what lies after it is there at once.
TAIL_MS = 200
# Before that end, a broker that gives nothing for so long (30 times) is not waited for any more.
WAIT_MS = 1_000
SILENT_POLLS = 30


class Span(NamedTuple):
    """The offsets a partition holds: from `first` up to, and without, `next`."""

    first: int
    next: int

    def following(self, committed: int | None) -> int:
        """The offset to go on at, for who has read up to `committed`; None: nothing."""
        return max(committed or 0, self.first)

    def unread(self, committed: int | None) -> int:
        """Offsets from there on. Never negative: the embedded broker names its end too low."""
        return max(0, self.next - self.following(committed))


class Range(NamedTuple):
    """What to read of a partition.

    It begins at offset `first`, there at the first record not older than `since`; it ends before
    offset `next`, and before the first record not older than `until` that follows.
    """

    first: int = 0
    next: int | None = None
    since: int | None = None  # ms since 1970, by the broker's time of the record
    until: int | None = None


def spans(broker: Broker, topics: Iterable[str]) -> dict[Position, Span]:
    """What each partition of these topics holds; of topics that are not there nothing.

    As the broker says: the embedded one leaves out all but the first record of its last batch.
    """
    with _consumer(broker) as consumer:
        return _spans(consumer, _places(consumer, topics))


def read(
    broker: Broker, ranges: Mapping[Position, Range], most: int
) -> Iterator[tuple[Position, list[Record]]]:
    """The records of the ranges, in runs of at most `most`, partition by partition.

    It ends where the ranges end, or where the log does. Raises BrokerError for a partition that is
    not there.
    """
    with _consumer(broker) as consumer:
        there = set(_places(consumer, {place.topic for place in ranges}))
        for place in ranges:
            if place not in there:
                raise BrokerError(f"broker {broker} has no partition {place.partition} of "
                                  f"{place.topic}: see cjm topics list")  # fmt: skip
        known = _spans(consumer, ranges)
        for place, wanted in ranges.items():
            waiting: list[Record] = []
            for record in _records(consumer, place, wanted, known[place]):
                waiting.append(record)
                if len(waiting) == most:
                    yield place, waiting
                    waiting = []
            if waiting:
                yield place, waiting


def counted(
    broker: Broker, wanted: Mapping[Position, Iterable[Span]]
) -> dict[Position, dict[Span, int]]:
    """How many records the broker still has in each of these ranges of offsets."""
    found: dict[Position, dict[Span, int]] = {}
    if not wanted:
        return found
    with _consumer(broker) as consumer:
        known = _spans(consumer, wanted)
        for place, ranges in wanted.items():
            found[place] = {
                span: sum(1 for _ in _records(consumer, place, Range(*span), known[place]))
                for span in ranges
            }
    return found


def first_records(broker: Broker, places: Mapping[Position, int]) -> dict[Position, Record]:
    """The record at each of these offsets, or the first one after it; none where there is none."""
    found: dict[Position, Record] = {}
    if not places:
        return found
    # One record is wanted, not all that fits; a larger one is given nevertheless.
    with _consumer(broker, fetch_bytes=64 << 10) as consumer:
        known = _spans(consumer, places)
        for place, offset in places.items():
            record = next(_records(consumer, place, Range(offset), known[place]), None)
            if record is not None:
                found[place] = record
    return found


def _records(consumer: Any, place: Position, wanted: Range, known: Span) -> Iterator[Record]:
    partition = TopicPartition(*place)
    if known.first == known.next:
        return
    consumer.assign([partition])
    start = max(_start(consumer, partition, wanted), known.first)
    consumer.seek(partition, start)
    started = wanted.since is None
    silent = 0
    while wanted.next is None or consumer.position(partition) < wanted.next:
        at_end = consumer.position(partition) >= known.next
        messages = consumer.poll(TAIL_MS if at_end else WAIT_MS).get(partition, [])
        if not messages:
            silent += 1
            if consumer.position(partition) >= known.next:
                return
            if silent == SILENT_POLLS:
                raise BrokerError(
                    f"{place.topic} partition {place.partition}: the broker gives nothing from "
                    f"offset {consumer.position(partition)}, though it has up to {known.next - 1}"
                )
            continue
        silent = 0
        for message in messages:
            if wanted.next is not None and message.offset >= wanted.next:
                return
            started = started or message.timestamp >= (wanted.since or 0)
            if not started:
                continue
            if wanted.until is not None and message.timestamp >= wanted.until:
                return
            yield _record(message)


def _start(consumer: Any, partition: TopicPartition, wanted: Range) -> int:
    if wanted.since is None:
        return wanted.first
    answer = consumer.offsets_for_times({partition: wanted.since})[partition]
    if answer is None:  # no record is so young
        return max(wanted.first, _end(consumer, partition))
    return max(wanted.first, int(answer.offset))


def _end(consumer: Any, partition: TopicPartition) -> int:
    return int(consumer.end_offsets([partition])[partition])


def _places(consumer: Any, topics: Iterable[str]) -> list[Position]:
    # Asking for the partitions of a topic that is not there would wait for it, or make it.
    there = consumer.topics()
    return [
        Position(topic, number)
        for topic in topics
        if topic in there
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]


def _spans(consumer: Any, places: Iterable[Position]) -> dict[Position, Span]:
    asked = [TopicPartition(*place) for place in places]
    if not asked:
        return {}
    first, next_ = consumer.beginning_offsets(asked), consumer.end_offsets(asked)
    return {Position(*one): Span(first[one], max(first[one], next_[one])) for one in asked}


@contextmanager
def _consumer(broker: Broker, fetch_bytes: int = 8 << 20) -> Iterator[Any]:
    with (
        translated(broker),
        closing(
            KafkaConsumer(
                **broker.options,
                bootstrap_timeout_ms=CONNECT_MS,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                max_partition_fetch_bytes=fetch_bytes,
                max_poll_records=5_000,
            )
        ) as consumer,
    ):
        yield consumer


def _record(message: Any) -> Record:
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.timestamp,
        message.value or b"",
        dict(message.headers),
        message.key,
    )
