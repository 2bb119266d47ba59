"""What the broker says of our topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import admin
from cjm_tracker.broker.reading import Span, spans

RETENTION = "retention.ms"


@dataclass(slots=True)
class Described:
    """A topic as it is. Without partitions it is not there."""

    name: str
    replication: int = 0  # of the partition with the fewest copies
    retention_ms: int | None = None  # -1: for ever; None: the broker does not say
    partitions: dict[int, Span] = field(default_factory=dict)


def describe_topics(broker: Broker, names: Sequence[str]) -> list[Described]:
    """Each of these topics, there or missing, in the given order."""
    found = {name: Described(name) for name in names}
    with admin(broker) as client:
        there = sorted(found.keys() & set(client.list_topics()))
        for row in client.describe_topics(there) if there else []:
            copies = [len(partition["replica_nodes"]) for partition in row["partitions"]]
            found[row["name"]].replication = min(copies, default=0)
        for name, milliseconds in _retention(client, there).items():
            found[name].retention_ms = milliseconds
    for place, span in spans(broker, there).items():
        found[place.topic].partitions[place.partition] = span
    return list(found.values())


def _retention(client: Any, names: Sequence[str]) -> dict[str, int]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    if not resources:
        return {}
    try:
        answer = client.describe_configs(resources, config_filter="all")
    except KafkaError:
        return {}  # it takes a right of its own, which who lists topics need not have
    topics = answer.get("topic", {})
    return {
        name: int(said[RETENTION]["value"]) for name, said in topics.items() if RETENTION in said
    }
