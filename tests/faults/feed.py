"""Mixed records under load, and in plain Python what must come of them.

Every record says who it is, so that each can be asked for afterwards: events of known and unknown
touchpoints, identify calls (drops), broken JSON (dead letters), and a share sent twice.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kafka import KafkaProducer

from cjm_tracker.broker import Broker, Position

ID = '"messageId":"m%d","anonymousId":"c%d","timestamp":"2026-10-01T10:%02d:%02dZ"'
CALLS = {
    "page_viewed": '{"type":"page",%s}',
    "product_viewed": '{"type":"track","event":"Product Viewed",%s}',
    "order_completed": '{"type":"track","event":"Order Completed","properties":'
    '{"revenue":10.25,"currency":"EUR"},%s}',
    "": '{"type":"track","event":"Nobody Knows It",%s}',
}
DROPPED = '{"type":"identify",%s}'
BROKEN = '{"type":"page",%s'
REVENUE = Decimal("10.25")
CUSTOMERS = 200


@dataclass(slots=True)
class Expected:
    """What was confirmed by the broker, by what must become of it."""

    touchpoints: dict[str, str] = field(default_factory=dict)  # by event id
    drops: set[str] = field(default_factory=set)  # event ids
    dead_letters: set[bytes] = field(default_factory=set)
    customers: set[int] = field(default_factory=set)
    ends: dict[Position, int] = field(default_factory=dict)
    sent: int = 0

    @property
    def revenue(self) -> Decimal:
        return REVENUE * Counter(self.touchpoints.values())["order_completed"]


class Feed:
    """Sends to one topic and keeps account. One thread at a time sends."""

    def __init__(self, broker: Broker, topic: str, seed: int, repeated: float = 0.1) -> None:
        self.expected = Expected()
        self._topic = topic
        self._random = random.Random(seed)
        self._repeated = repeated
        self._next = 0
        self._sent: list[bytes] = []
        # Longer than any fault lasts: what it gave up on may or may not be stored.
        self._producer = KafkaProducer(
            **broker.options, acks="all", linger_ms=5, delivery_timeout_ms=300_000
        )

    def send(self, count: int) -> None:
        """So many records; returns when all are confirmed."""
        self._confirm(self._begin(count))

    def _begin(self, count: int) -> list[Any]:
        return [self._producer.send(self._topic, self._record()) for _ in range(count)]

    def _confirm(self, sent: list[Any]) -> None:
        ends = self.expected.ends
        for confirmation in sent:
            told = confirmation.get(300)
            place = Position(told.topic, told.partition)
            ends[place] = max(ends.get(place, 0), told.offset + 1)
        self.expected.sent += len(sent)

    @contextmanager
    def flowing(self, per_second: int, bursts: int = 10) -> Iterator[None]:
        """Records keep coming, `bursts` times a second some; all are confirmed at the end."""
        stop = threading.Event()
        failures: list[BaseException] = []
        sent: list[Any] = []

        def flow() -> None:
            due = time.monotonic()
            try:
                while not stop.is_set():
                    sent.extend(self._begin(max(1, per_second // bursts)))
                    due = max(due + 1 / bursts, time.monotonic() - 1)
                    stop.wait(max(0.0, due - time.monotonic()))
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=flow, name="feed", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(320)
        assert not thread.is_alive(), "the broker takes nothing"
        self._confirm(sent)
        if failures:
            raise failures[0]

    def close(self) -> None:
        self._producer.close()

    def _record(self) -> bytes:
        if self._sent and self._random.random() < self._repeated:
            return self._random.choice(self._sent)
        record = self._new()
        self._sent.append(record)
        return record

    def _new(self) -> bytes:
        number, self._next = self._next, self._next + 1
        customer = self._random.randrange(CUSTOMERS)
        said = ID % (number, customer, number // 60 % 60, number % 60)
        kind = self._random.random()
        if kind < 0.03:
            record = (BROKEN % said).encode()
            self.expected.dead_letters.add(record)
            return record
        self.expected.customers.add(customer)
        if kind < 0.08:
            self.expected.drops.add(f"m{number}")
            return (DROPPED % said).encode()
        touchpoint = self._random.choice(tuple(CALLS))
        self.expected.touchpoints[f"m{number}"] = touchpoint
        return (CALLS[touchpoint] % said).encode()
