"""How far the consumer groups have come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from kafka.errors import KafkaError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import admin


class Position(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


def committed(broker: Broker, groups: Iterable[str]) -> dict[Position, int]:
    """The offset each partition is read up to, over all the given groups.

    A group reads partitions no other group of ours reads. Groups the broker does not know yet
    have read nothing.
    """
    with admin(broker) as client:
        found: dict[Position, int] = {}
        for group in groups:
            for key, offset in _offsets(client, group).items():
                if offset.offset >= 0:
                    found[Position(key.topic, key.partition)] = offset.offset
    return found


def _offsets(client: Any, group: str) -> dict[Any, Any]:
    try:
        found: dict[Any, Any] = client.list_group_offsets(group).get(group, {})
    except KafkaError as error:
        # A new Kafka makes its offsets topic at the first question and has no coordinator yet.
        if not error.retriable:
            raise
        return {}
    return found
