"""The broker: the way there, the topics, and who reads them."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cjm_tracker.broker import Broker, Described, Position, Topics, committed, describe_topics
from cjm_tracker.broker.cluster import Cluster, describe_cluster, members
from cjm_tracker.doctor.finding import Finding, fail, guarded, in_one_line, ok, skipped, warn
from cjm_tracker.errors import CjmError, ConfigError
from cjm_tracker.events import SOURCES
from cjm_tracker.settings import Settings

REACH_S = 2.0
# A worker that is away for a weekend finds what it has not read.
SHORTEST_KEPT_MS = 3 * 86_400_000


def broker_findings(settings: Settings) -> Iterator[Finding]:
    """All that is asked of the broker."""
    if not settings.broker:
        yield skipped("broker", "none is set", "CJM_BROKER=host:port, or --broker")
        return
    try:
        broker = Broker.of(settings)
        if not _answers(broker):
            text = f"nobody answers at {broker}"
            yield fail("broker", text, "start it, or correct CJM_BROKER")
            return
        cluster = describe_cluster(broker)
    except ConfigError as error:
        yield fail("broker", in_one_line(error), "correct the setting named")
        return
    except CjmError as error:
        yield fail("broker", in_one_line(error), "start it, or correct CJM_BROKER")
        return
    yield reached(broker, cluster)
    names = Topics(settings.topic_prefix)
    wanted = list(names.partitions(settings.partitions))
    try:
        there = describe_topics(broker, wanted)
    except CjmError as error:
        yield fail("topics", in_one_line(error), "cjm topics list")
        return
    yield from topics(there, cluster.brokers, names.control)
    yield from guarded("workers", _readers(settings, broker, there))


def _answers(broker: Broker) -> bool:
    """Whether a server takes a connection: Kafka's client would try for ten seconds."""
    for place in broker.places:
        try:
            socket.create_connection(place, REACH_S).close()
            return True
        except OSError:
            continue
    return False


def reached(broker: Broker, cluster: Cluster) -> Finding:
    """Who answers, and how we speak with it."""
    brokers = f"{cluster.brokers} broker{'s' * (cluster.brokers != 1)}"
    speaks = f", Kafka {cluster.version} or newer" if cluster.version else ""
    return ok("broker", f"{broker} by {broker.security_protocol}: {brokers}{speaks}")


def topics(there: Sequence[Described], brokers: int, control: str) -> Iterator[Finding]:
    """Which are missing, have one copy only, or keep their records too short; else one line."""
    found = [*_topic_faults(there, brokers, control)]
    kept = {topic.retention_ms for topic in there} - {None}
    shortest = min((ms for ms in kept if ms is not None and ms >= 0), default=None)
    text = f"all {len(there)} are there"
    if shortest is not None:
        text += f", records are kept {shortest / 86_400_000:.3g} days or longer"
    yield from found or [ok("topics", text)]


def _topic_faults(there: Sequence[Described], brokers: int, control: str) -> Iterator[Finding]:
    present = [topic for topic in there if topic.partitions]
    if missing := [topic.name for topic in there if not topic.partitions]:
        text = f"missing: {', '.join(missing)}"
        yield fail("topics", text, "cjm topics create")
    if brokers > 1 and (single := [topic.name for topic in present if topic.replication == 1]):
        yield warn(
            "topics", f"one copy on {brokers} brokers: {', '.join(single)}",
            "kafka-reassign-partitions; CJM_REPLICATION=3 for topics yet to be made",
        )  # fmt: skip
    short = [
        topic.name
        for topic in present
        if topic.retention_ms is not None and 0 <= topic.retention_ms < SHORTEST_KEPT_MS
    ]
    if short:
        days = SHORTEST_KEPT_MS // 86_400_000
        yield warn(
            "topics", f"records are kept for less than {days} days: {', '.join(short)}",
            f"kafka-configs --alter --add-config retention.ms={7 * 86_400_000}",
        )  # fmt: skip
    if any(topic.name == control and len(topic.partitions) > 1 for topic in present):
        yield warn(
            "topics", f"{control} has several partitions: several workers would stitch at once",
            "delete it, then cjm topics create",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How one source is read. `members` of its consumer group; None: the broker does not say."""

    source: str
    lag: int
    members: int | None


def _readers(settings: Settings, broker: Broker, there: Sequence[Described]) -> Iterator[Finding]:
    names = Topics(settings.topic_prefix)
    described = {topic.name: topic for topic in there if topic.partitions}
    of = {source: names.raw(source) for source in SOURCES if names.raw(source) in described}
    if not of:
        return
    groups = {source: settings.group_of(source) for source in of}
    read = committed(broker, groups.values())
    joined = members(broker, groups.values())
    yield from workers(
        Reading(source, lag(described[topic], read), joined.get(groups[source]))
        for source, topic in of.items()
    )


def lag(topic: Described, read: Mapping[Position, int]) -> int:
    """Records of a topic that are kept and not yet read."""
    return sum(
        span.unread(read.get(Position(topic.name, number)))
        for number, span in topic.partitions.items()
    )


def workers(readings: Iterable[Reading]) -> Iterator[Finding]:
    """A line a source: what waits, and whether anybody is there to read it."""
    for reading in readings:
        check = f"workers {reading.source}"
        waits = f"{reading.lag:,} to be read" if reading.lag else "everything is read"
        if reading.members:
            many = "s" * (reading.members > 1)
            yield ok(check, f"{waits}, {reading.members} consumer{many}")
        elif reading.members is None and reading.lag:
            text = f"{waits}; the broker does not say whether anybody reads"
            yield warn(check, text, "cjm lag, twice: is it less?")
        elif reading.lag:
            text = f"{waits}, and nobody reads: no worker runs"
            yield fail(check, text, "faust -A streams.app worker -l info")
        else:
            yield ok(check, waits)
