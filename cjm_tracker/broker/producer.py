"""Sending log records to a raw topic, each confirmed by the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kafka.errors import MessageSizeTooLargeError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import producer
from cjm_tracker.broker.lag import Position
from cjm_tracker.events import FORMAT_HEADER, ORDINAL_HEADER

# Unconfirmed records held at once: enough to fill batches, few enough to keep memory flat.
IN_FLIGHT = 20_000


@dataclass(slots=True)
class Sent:
    """What a load came to: records confirmed, and how far each partition then reached."""

    records: int = 0
    too_large: list[int] = field(default_factory=list)  # ordinal numbers of records refused
    ends: dict[Position, int] = field(default_factory=dict)


def send(
    broker: Broker,
    topic: str,
    format_name: str,
    frames: Iterable[tuple[bytes, int]],
    progress: Callable[[int], None] = lambda count: None,
    confirmed: Callable[[int, Position, int], None] = lambda number, place, offset: None,
) -> Sent:
    """Send `(record, ordinal)` pairs to `topic`; returns when all are confirmed.

    `confirmed` hears of each record, by its number from 1, where it now lies.
    Records larger than the broker takes are not sent but listed, so that none is lost unseen.
    """
    sent = Sent()
    with producer(broker) as opened:
        waiting: list[tuple[int, Any]] = []
        for number, (frame, ordinal) in enumerate(frames, start=1):
            headers = [(FORMAT_HEADER, format_name.encode())]
            if ordinal:
                headers.append((ORDINAL_HEADER, str(ordinal).encode()))
            try:
                waiting.append((number, opened.send(topic, frame, headers=headers)))
            except MessageSizeTooLargeError:
                sent.too_large.append(number)
            if len(waiting) >= IN_FLIGHT:
                _confirm(waiting, sent, confirmed)
                progress(sent.records)
        _confirm(waiting, sent, confirmed)
        progress(sent.records)
    return sent


def _confirm(
    waiting: list[tuple[int, Any]], sent: Sent, confirmed: Callable[[int, Position, int], None]
) -> None:
    for number, future in waiting:
        try:
            metadata = future.get(timeout=60)
        except MessageSizeTooLargeError:
            sent.too_large.append(number)
            continue
        position = Position(metadata.topic, metadata.partition)
        sent.ends[position] = max(sent.ends.get(position, 0), metadata.offset + 1)
        sent.records += 1
        confirmed(number, position, metadata.offset)
    waiting.clear()
