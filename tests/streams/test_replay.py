"""What delivery proves and mends, with the real worker and on Apache Kafka."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from cjm_tracker.broker import (
    Broker,
    Message,
    Position,
    Range,
    Span,
    counted,
    describe_topics,
    first_records,
    read,
    resender,
    spans,
)
from cjm_tracker.cli.dead_letters import Outcome, _send
from cjm_tracker.cli.lag import behind
from cjm_tracker.cli.ledger import _ask, _committed
from cjm_tracker.events import Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import connect, migrate, store
from cjm_tracker.warehouse.dead_letters import Content, contents, dead_letters
from cjm_tracker.warehouse.ledger import findings, ledger
from tests.streams.installation import Installation

pytestmark = [pytest.mark.broker, pytest.mark.slow]

PAGE = '{"type":"page","messageId":"m%d","anonymousId":"a","timestamp":"2026-10-01T10:00:00Z"}'


def now() -> int:
    return time.time_ns() // 1_000_000


def checked(installation: Installation) -> dict[str, list[Any]]:
    """What `cjm ledger check` finds, by topic."""
    said = _committed(installation.settings)
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        accounts = ledger(warehouse)
    told = _ask(installation.settings, accounts, said)
    return {one.topic: findings(one, told.get(one.place)) for one in accounts}


def test_what_a_worker_reads_is_accounted_for_with_the_bytes_of_its_dead_letters(
    tansu: Broker, tmp_path: Path
) -> None:
    installation = Installation(tansu, tmp_path, partitions=1)
    topic = installation.topics.raw("website")
    bad = Message(topic, b"\x00key", {"who": b"m\xff"}, b"{ broken")
    pages = [Message(topic, None, {}, (PAGE % n).encode()) for n in range(9)]
    with installation.worker() as running:
        with resender(tansu) as sender:
            assert sender.send([*pages, bad]) == [""] * 10
        running.wait_until_read(tansu, {Position(topic, 0): 10})
        running.stop()
    assert checked(installation) == {topic: []}
    assert sum(row.lag for row in behind(installation.settings, tansu, now())) == 0

    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        (letter,) = dead_letters(warehouse)
        content = contents(warehouse, [letter])[letter.key]
    assert content == Content(bad.key, dict(bad.headers), bad.value)


@pytest.fixture
def marked(kafka: Broker, tmp_path: Path) -> Installation:
    """Three transactions of two records; each ends with a marker, which has an offset, too."""
    installation = Installation(kafka, tmp_path, partitions=1)
    producer = KafkaProducer(
        bootstrap_servers=kafka.servers, transactional_id=installation.settings.group
    )
    producer.init_transactions()
    for number in range(3):
        producer.begin_transaction()
        for event in range(2):
            page = (PAGE % (2 * number + event)).encode()
            producer.send(installation.topics.raw("website"), page)
        producer.commit_transaction()
    producer.close()
    return installation


@pytest.mark.kafka
def test_markers_of_transactions_explain_a_gap_and_records_do_not(
    kafka: Broker, marked: Installation
) -> None:
    topic = marked.topics.raw("website")
    place = Position(topic, 0)
    assert spans(kafka, [topic, "nowhere"]) == {place: Span(0, 9)}
    batches = [found for _, found in read(kafka, {place: Range()}, 2)]
    assert [[one.offset for one in found] for found in batches] == [[0, 1], [3, 4], [6, 7]]

    pipeline = Pipeline(load_mapping(), b"k" * 32)
    with connect(marked.settings.warehouse.get_secret_value()) as warehouse:
        migrate(warehouse)
        for records in batches[0], batches[2]:
            batch = pipeline.process(records, format_named("segment"))
            store(warehouse, batch, records, pipeline.version, now())
    (lost,) = checked(marked)[topic]
    assert lost.is_fault and "LOST: offsets 2-5, 2 records" in lost.text
    with connect(marked.settings.warehouse.get_secret_value()) as warehouse:
        batch = pipeline.process(batches[1], format_named("segment"))
        store(warehouse, batch, batches[1], pipeline.version, now())
    (explained,) = checked(marked)[topic]
    assert (explained.is_fault, explained.text) == (
        False, "gap: offsets 2, 5: the broker has no record there"
    )  # fmt: skip

    admin = KafkaAdminClient(bootstrap_servers=kafka.servers)
    admin.delete_records({TopicPartition(topic, 0): 4})
    admin.close()
    gone, there = sorted(one.text for one in checked(marked)[topic])
    assert "offsets 2: the broker keeps these offsets no more" in gone
    assert there == "gap: offsets 5: the broker has no record there"
    assert spans(kafka, [topic]) == {place: Span(4, 9)}


@pytest.mark.kafka
def test_kafka_finds_a_time_by_itself_and_ends_where_its_log_does(
    kafka: Broker, marked: Installation
) -> None:
    topic = marked.topics.raw("website")
    place = Position(topic, 0)
    (first,) = first_records(kafka, {place: 2}).values()
    assert first.offset == 3

    def offsets(**bounds: int) -> list[int]:
        found = read(kafka, {place: Range(**bounds)}, 100)
        return [one.offset for _, records in found for one in records]

    assert offsets(since=now() - 3_600_000, until=now() + 1) == [0, 1, 3, 4, 6, 7]
    assert offsets(since=now() + 3_600_000) == []
    assert offsets(first=2, next=7) == [3, 4, 6]
    assert offsets(first=8, next=9) == []  # the last marker
    assert offsets(first=4, next=99) == [4, 6, 7]
    assert counted(kafka, {place: [Span(2, 3), Span(0, 5)]}) == {
        place: {Span(2, 3): 0, Span(0, 5): 4}
    }
    (website, missing) = describe_topics(kafka, [topic, "nowhere"])
    assert (website.replication, website.retention_ms) == (1, 7 * 86_400_000)
    assert website.partitions == {0: Span(0, 9)} and missing.partitions == {}


@pytest.mark.kafka
def test_a_record_the_broker_refuses_does_not_hold_back_its_neighbours(
    kafka: Broker, tmp_path: Path
) -> None:
    installation = Installation(kafka, tmp_path, partitions=1)
    topic = installation.topics.raw("website")
    values = (b"a", b"x" * (2 << 20), b"b")
    with resender(kafka) as sender:
        problems = sender.send([Message(topic, None, {"h": b"\xff"}, value) for value in values])
    assert [bool(problem) for problem in problems] == [False, True, False]
    ((_, records),) = read(kafka, {Position(topic, 0): Range()}, 100)
    assert [(one.value, one.headers) for one in records] == [
        (b"a", {"h": b"\xff"}), (b"b", {"h": b"\xff"})
    ]  # fmt: skip


@pytest.mark.kafka
def test_what_a_broker_refuses_stays_open_and_stops_the_rest(
    kafka: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = Installation(kafka, tmp_path, partitions=1)
    # Kept whole, and with its envelope larger than Kafka's default limit.
    records = [
        Record("file:big", 0, number, now() - number, sign * (1 << 20))
        for number, sign in enumerate((b"x", b"y"))
    ]
    batch = Pipeline(load_mapping(), b"k" * 32).process(records, format_named("segment"))
    monkeypatch.setattr("cjm_tracker.warehouse.dead_letters.CHUNK", 1)
    outcome = Outcome()
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        migrate(warehouse)
        store(warehouse, batch, records, "v", now())
        letters = dead_letters(warehouse)
        with resender(kafka) as sender:
            _send(installation.settings, warehouse, sender, letters, outcome)
        found = dead_letters(warehouse)
    assert list(outcome.failed) == [letters[0].id] and "TooLarge" in outcome.failed[letters[0].id]
    assert (outcome.sent, outcome.untried) == ([], letters[1:])
    assert [(one.state, one.tries) for one in found] == [("open", 1), ("open", 0)]
