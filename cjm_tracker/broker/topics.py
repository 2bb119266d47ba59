"""The topics: their names, and creating those that are missing."""

from __future__ import annotations

from dataclasses import dataclass

from kafka.admin import NewTopic

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import admin
from cjm_tracker.events import SOURCES, Source


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of all topics of one installation."""

    prefix: str = "cjm"

    def raw(self, source: Source) -> str:
        """Raw records of one source, as their systems sent them."""
        return f"{self.prefix}.raw.{source}"

    @property
    def dead_letters(self) -> str:
        """Records that could not be understood, with their reason."""
        return f"{self.prefix}.dlq"

    @property
    def control(self) -> str:
        """Commands to the workers, a few a day: `{"command": "stitch"}`."""
        return f"{self.prefix}.control"

    def partitions(self, of_raw: int) -> dict[str, int]:
        """Every topic with its number of partitions. One of control: its owner stitches."""
        raw = {self.raw(source): of_raw for source in SOURCES}
        return {**raw, self.dead_letters: 1, self.control: 1}


def create_topics(
    broker: Broker, topics: Topics, partitions: int, replication: int, *, dry_run: bool = False
) -> list[str]:
    """Create the topics that are missing and return their names; those there stay as they are."""
    with admin(broker) as client:
        present = set(client.list_topics())
        missing = {
            name: count
            for name, count in topics.partitions(partitions).items()
            if name not in present
        }
        if missing and not dry_run:
            client.create_topics(
                [NewTopic(name, count, replication) for name, count in missing.items()]
            )
    return list(missing)
