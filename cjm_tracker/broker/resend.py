"""Sending single records again, each with its own topic, key and headers, each confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from kafka.errors import KafkaError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import producer


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
    with producer(broker) as opened:
        yield Resender(opened)


def _outcome(future: Any) -> str:
    try:
        if isinstance(future, KafkaError):
            raise future
        future.get(timeout=90)
    except KafkaError as error:
        return str(error) or type(error).__name__
    return ""
