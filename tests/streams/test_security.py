"""A worker behind TLS and a login: it reads, or says why not, and never shows a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker, EmbeddedBroker, Sent, connection, create_topics
from cjm_tracker.broker.tansu import free_port
from cjm_tracker.embedded import Worker
from cjm_tracker.errors import BrokerError
from tests.brokers import kafka as apache
from tests.brokers.tls import authority, proxy, signed
from tests.streams.installation import Installation

pytestmark = [pytest.mark.broker, pytest.mark.slow]

PAGE = '{"type":"page","messageId":"m1","anonymousId":"c","timestamp":"2026-03-02T10:00:00Z"}\n'
PII_KEY = "canary-of-personal-data"
KEY_PASSWORD = "canary-of-the-key"
PASSWORD = "canary-of-the-login"
OF_WAREHOUSE = "canary-of-the-warehouse"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """By TLS, and it asks for a certificate of ours, whose key has a password."""
    ca = authority(tmp_path_factory.mktemp("tls"))
    ours = signed(ca, "ours", "DNS:ours", KEY_PASSWORD)
    front, inner = free_port(), free_port()
    server = signed(ca, "server", "IP:127.0.0.1")
    with EmbeddedBroker(inner, advertised=front), proxy(front, inner, server, clients=ca.file):
        yield Broker(
            f"127.0.0.1:{front}", "ssl", ca.file, ours.file, ours.key, key_password=KEY_PASSWORD
        )


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Apache Kafka by TLS, with a login."""
    if reason := apache.missing():
        if apache.required():
            pytest.fail(f"{reason}, and CI must run it")
        pytest.skip(reason)
    directory = tmp_path_factory.mktemp("locked")
    ca = authority(directory)
    server = signed(ca, "server", "IP:127.0.0.1")
    with apache.locked_kafka(directory, ca.file, server, ("ann", PASSWORD)) as broker:
        yield broker


def said_by_worker(
    broker: Broker, installation: Installation, sent: Sent | None = None, warehouse: str = ""
) -> tuple[str, int]:
    """All a worker says at its most talkative, and its exit status.

    It is stopped when it has read what was sent; without that it must end by itself.
    """
    settings = installation.settings
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CJM_")},
        **broker.environment,
        "CJM_WAREHOUSE": warehouse or settings.warehouse.get_secret_value(),
        "CJM_TOPIC_PREFIX": settings.topic_prefix,
        "CJM_GROUP": settings.group,
        "CJM_PII_KEY": PII_KEY,
        "CJM_RETRY_FOR_S": "0",
        "CJM_LOG_LEVEL": "debug",
    }
    log = installation.directory / "talkative.log"
    command = [sys.executable, "-m", "faust", "-A", "streams.app", "worker", "-l", "debug"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    running = Worker(process, log, settings)
    try:
        if sent:
            running.wait_until_read(broker, sent.ends, stall_s=60)
        else:
            process.wait(60)
    finally:
        status = running.stop()
    return log.read_text(), status


def shows_no_secret(said: str) -> bool:
    return "canary" not in said


def reads(broker: Broker, directory: Path) -> str:
    """What a worker says that stores a record."""
    installation = Installation(broker, directory, partitions=1, pii_key=PII_KEY)
    page = directory / "page.jsonl"
    page.write_text(PAGE)
    said, status = said_by_worker(broker, installation, installation.send("segment", page))
    assert status == 0, said[-3000:]
    assert installation.rows("SELECT event_id FROM events") == [[("m1",)]]
    return said


def test_a_worker_reads_by_tls(strict: Broker, tmp_path: Path) -> None:
    assert shows_no_secret(reads(strict, tmp_path))


def test_a_certificate_it_does_not_trust_ends_a_worker_in_one_line(
    strict: Broker, tmp_path: Path
) -> None:
    installation = Installation(strict, tmp_path)
    stranger = authority(tmp_path, "stranger").file
    said, status = said_by_worker(replace(strict, ca_file=stranger), installation)
    assert said.splitlines()[-1].startswith(f"cjm: broker {strict}: its certificate is refused")
    assert status == 69


def test_a_worker_that_crashes_shows_no_secret(strict: Broker, tmp_path: Path) -> None:
    warehouse = f"clickhouse://cjm:{OF_WAREHOUSE}@127.0.0.1:{free_port()}/cjm"
    installation = Installation(strict, tmp_path)
    said, status = said_by_worker(strict, installation, warehouse=warehouse)
    assert "Traceback" in said and "Connection refused" in said and status != 0
    assert shows_no_secret(said)


@pytest.mark.kafka
@pytest.mark.parametrize(
    "mechanism", ["SCRAM-SHA-512", pytest.param("PLAIN", marks=pytest.mark.long)]
)
def test_a_worker_logs_in_and_reads(locked: Broker, mechanism: str, tmp_path: Path) -> None:
    said = reads(replace(locked, sasl_mechanism=mechanism), tmp_path)
    assert f"Authenticated as ann via {mechanism}" in said
    assert shows_no_secret(said)


@pytest.mark.kafka
def test_a_wrong_password_is_refused_and_not_shown(
    locked: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installation = Installation(locked, tmp_path)
    wrong = replace(locked, password="canary-that-is-wrong")
    said, status = said_by_worker(wrong, installation)
    assert "invalid credentials" in said and status != 0
    assert shows_no_secret(said)
    monkeypatch.setattr(connection, "CONNECT_MS", 1_000)
    with pytest.raises(BrokerError, match="does not let us in.*CJM_KAFKA_PASSWORD") as caught:
        create_topics(wrong, installation.topics, 1, 1)
    assert shows_no_secret(str(caught.value))
