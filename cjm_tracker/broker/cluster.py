"""What the broker says of itself and of who reads: asked, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kafka.errors import GroupIdNotFoundError, KafkaError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import admin

UNKNOWN_GROUP = f"[Error {GroupIdNotFoundError.errno}]"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A broker and those beside it. `version`: the Kafka it speaks at least; empty: not told."""

    brokers: int
    version: str = ""


def describe_cluster(broker: Broker) -> Cluster:
    """Who answers at this address."""
    with admin(broker) as client:
        nodes = [node["broker_id"] for node in client.describe_cluster()["brokers"]]
        said = client.get_broker_version_data(nodes[0]).broker_version if nodes else ()
    return Cluster(len(nodes), ".".join(map(str, said)))


def members(broker: Broker, groups: Iterable[str]) -> dict[str, int]:
    """How many consumers each group has; without the groups of which the broker does not say."""
    found: dict[str, int] = {}
    with admin(broker) as client:
        for group in groups:
            try:
                said = client.describe_groups([group]).get(group, {})
            except (KafkaError, ValueError):
                continue  # it takes a right of its own; the embedded broker says what is no right
            error = said.get("error") or ""
            if not error or error.startswith(UNKNOWN_GROUP):
                found[group] = len(said.get("members", ()))
    return found
