"""`cjm doctor` on real installations: a healthy one, and one thing after the other taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from cjm_tracker.broker import Broker, EmbeddedBroker, Topics, create_topics, describe_topics
from cjm_tracker.broker.tansu import free_port
from cjm_tracker.warehouse import connect
from tests.cli.commands import cjm
from tests.cli.test_bad_input import PAGE
from tests.warehouse.servers import Server

pytestmark = [pytest.mark.broker, pytest.mark.slow]

TOPICS = Topics("well")
KEY = "canary-of-personal-data"


@pytest.fixture(scope="module")
def tansu() -> Iterator[Broker]:
    with EmbeddedBroker() as broker:
        create_topics(broker, TOPICS, 1, 1)
        yield broker


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse into which something was just loaded."""
    directory = tmp_path_factory.mktemp("doctor")
    (directory / "log.jsonl").write_text("".join(PAGE % number for number in range(3)))
    done = cjm(directory, "load", "--direct", "--format", "segment", "log.jsonl")
    assert done.returncode == 0, done.stderr
    return directory


def looked(place: Path, status: int, **environment: str) -> dict[str, dict[str, Any]]:
    done = cjm(place, "doctor", "--json", **environment)
    assert done.returncode == status, done.stdout + done.stderr
    assert "canary" not in done.stdout + done.stderr
    return {one["check"]: one for one in json.loads(done.stdout)}


def unwell(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {
        check: one["status"] for check, one in found.items() if one["status"] in ("warn", "fail")
    }


def at(broker: Broker, prefix: str = "well") -> dict[str, str]:
    return {"CJM_BROKER": broker.servers, "CJM_TOPIC_PREFIX": prefix, "CJM_GROUP": prefix}


def test_a_healthy_installation_has_nothing_to_mend(tansu: Broker, place: Path) -> None:
    found = looked(place, 0, **at(tansu))
    # The space of the machine the tests run on is its own business.
    assert unwell(found).keys() <= {"disk"}
    assert {check for check, one in found.items() if one["status"] == "skipped"} == {"grafana"}
    assert {"broker", "topics", "workers website", "warehouse", "views", "definitions"} <= set(
        found
    )
    assert "feed website" in found and "1 broker" in found["broker"]["found"]
    shown = cjm(place, "doctor", **at(tansu), COLUMNS="80").stdout
    assert "ok" in shown and max(map(len, shown.splitlines())) <= 80
    assert f"{len(found)} checks: " in shown


def test_an_absent_broker_is_told_and_all_else_is_looked_at(place: Path) -> None:
    found = looked(place, 1, CJM_BROKER=f"127.0.0.1:{free_port()}")
    assert unwell(found).keys() - {"disk"} == {"broker"}
    assert found["broker"]["fix"] and found["views"]["status"] == "ok"


def test_missing_topics_are_told_and_not_made(tansu: Broker, tmp_path: Path) -> None:
    found = looked(tmp_path, 1, **at(tansu, "absent"))
    assert unwell(found) == {"topics": "fail", "warehouse": "warn"}
    assert found["topics"]["fix"] == "cjm topics create"
    names = list(Topics("absent").partitions(1))
    assert not any(one.partitions for one in describe_topics(tansu, names))


def test_records_that_nobody_reads_are_told(tansu: Broker, tmp_path: Path) -> None:
    prefix = "read"
    topic = Topics(prefix).raw("store")
    create_topics(tansu, Topics(prefix), 1, 1)
    producer = KafkaProducer(bootstrap_servers=tansu.servers, acks="all")
    producer.send(topic, b"<").get(30)
    producer.close()
    found = looked(tmp_path, 0, **at(tansu, prefix))
    assert unwell(found) == {"workers store": "warn", "warehouse": "warn"}
    # The embedded broker does not say who is in a group.
    assert found["workers store"]["found"].startswith("1 to be read; the broker does not say")
    admin = KafkaAdminClient(bootstrap_servers=tansu.servers)
    there = {TopicPartition(topic, 0): OffsetAndMetadata(1, "", -1)}
    admin.alter_group_offsets(f"{prefix}-store", there)
    admin.close()
    assert looked(tmp_path, 0, **at(tansu, prefix))["workers store"]["status"] == "ok"


def test_a_warehouse_that_somebody_holds_is_a_warning(place: Path) -> None:
    with connect(f"chdb:///{place / 'cjm-data'}", create=False):
        found = looked(place, 0)
    assert unwell(found).keys() - {"disk"} == {"warehouse"}
    assert "another process has it open" in found["warehouse"]["found"]


def test_a_warehouse_of_an_earlier_version_is_told(place: Path) -> None:
    with connect(f"chdb:///{place / 'cjm-data'}", create=False) as warehouse:
        last = warehouse.query("SELECT max(name) FROM schema_migrations").rows[0][0]
        deleted = "ALTER TABLE schema_migrations DELETE WHERE name = {name:String}"
        warehouse.command(f"{deleted} SETTINGS mutations_sync = 1", {"name": last})
    found = looked(place, 1)
    assert unwell(found).keys() - {"disk"} == {"migrations"}
    assert last in found["migrations"]["found"] and found["migrations"]["fix"] == "cjm migrate"


def test_where_nothing_is_yet_nothing_is_made(tmp_path: Path) -> None:
    found = looked(tmp_path, 0)
    assert unwell(found) == {"warehouse": "warn"}
    assert list(tmp_path.iterdir()) == []


def test_a_server_is_asked_for_rights_clock_and_space(tmp_path: Path) -> None:
    server = Server(tmp_path / "engine")
    server.start()
    try:
        settings = {"CJM_WAREHOUSE": server.dsn(), "CJM_PII_KEY": KEY}
        assert cjm(tmp_path, "migrate", **settings).returncode == 0
        found = looked(tmp_path, 0, **settings)
        # The stand-in for a server takes no statement as long as a view.
        assert unwell(found).keys() <= {"disk", "views"}
        assert found["grants"]["found"].endswith("the server is on this machine")
        assert found["clock"]["status"] == "ok" and "GB are free" in found["disk"]["found"]
        refused = looked(
            tmp_path, 1, **{**settings, "CJM_WAREHOUSE": server.dsn(password="canary")}
        )
        assert refused["warehouse"]["status"] == "fail"
        other = looked(tmp_path, 1, **{**settings, "CJM_WAREHOUSE": server.dsn("other")})
        assert other["warehouse"]["fix"].startswith("cjm migrate")
    finally:
        server.kill()
