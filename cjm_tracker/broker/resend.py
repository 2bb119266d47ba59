"""Sending single records again, each with its own topic, key and headers, each confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import CONNECT_MS, translated


class Message(NamedTuple):
    """A record to be sent."""

    topic: str
    key: bytes | None
    headers: Mapping[str, bytes]
    value: bytes


class Resender:
    """A producer that is connected: an absent broker was noticed before anything was begun."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    def send(self, messages: Sequence[Message]) -> list[str]:
        """Why each message was not confirmed by all replicas; empty where it was."""
        return [_outcome(future) for future in [self._begin(message) for message in messages]]

    def _begin(self, message: Message) -> Any:
        try:
            return self._producer.send(
                message.topic, message.value, message.key, list(message.headers.items())
            )
        except KafkaError as error:
            return error


@contextmanager
def resender(broker: Broker) -> Iterator[Resender]:
    """A connected producer, closed at the end."""
    with (
        translated(broker),
        closing(
            KafkaProducer(
                **broker.options,
                bootstrap_timeout_ms=CONNECT_MS,
                acks="all",
                # An idempotent producer gives up all that follows a record the broker refuses.
                enable_idempotence=False,
                max_request_size=8 << 20,
                max_block_ms=30_000,
                delivery_timeout_ms=60_000,
            )
        ) as producer,
    ):
        yield Resender(producer)


def _outcome(future: Any) -> str:
    try:
        if isinstance(future, KafkaError):
            raise future
        future.get(timeout=90)
    except KafkaError as error:
        return str(error) or type(error).__name__
    return ""
