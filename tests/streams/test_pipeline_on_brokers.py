"""The whole way of an event, on both brokers: topic, worker, warehouse, journeys."""

from __future__ import annotations

import base64
import json
import os
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer

from cjm_tracker.broker import Broker
from cjm_tracker.direct import load_directly
from cjm_tracker.embedded import worker
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import load_mapping
from cjm_tracker.settings import load_settings
from cjm_tracker.simulator import SampleLogs, simulate
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import connect, migrate
from tests.streams.installation import Installation, wait

pytestmark = [pytest.mark.broker, pytest.mark.slow]

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FORMATS = {
    "website": "segment",
    "call_centre": "amazon_connect",
    "store": "poslog",
    "survey": "typeform",
}
PAGE = '{"type":"page","messageId":"m%d","anonymousId":"a","timestamp":"2026-10-01T10:00:00Z"}\n'
# What must not depend on the way the records came.
FIGURES = (
    "SELECT source, touchpoint, drop_reason, channel, stage, count() FROM events"
    " GROUP BY ALL ORDER BY ALL",
    "SELECT source, reason, count() FROM dead_letters GROUP BY ALL ORDER BY ALL",
    "SELECT * FROM stage_funnel ORDER BY stage_no",
    "SELECT customer_id, journey_no, path_text, is_converted FROM journeys ORDER BY ALL",
    "SELECT customer_id, kind, value, is_shared FROM identities ORDER BY ALL",
)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> SampleLogs:
    return simulate(tmp_path_factory.mktemp("logs"), events=2_000, seed=11, end=NOW)


def files(logs: SampleLogs) -> dict[str, Path]:
    return {format_name: getattr(logs, source) for source, format_name in FORMATS.items()}


def test_streamed_logs_give_the_figures_of_a_direct_load(
    broker: Broker, logs: SampleLogs, tmp_path: Path
) -> None:
    streamed = Installation(broker, tmp_path, pii_key="k" * 32)
    streamed.read_all(*(streamed.send(name, path) for name, path in files(logs).items()))
    streamed.stitch()
    found = streamed.rows(*FIGURES)

    direct = Installation(broker, tmp_path / "direct", pii_key="k" * 32)
    mapping = load_mapping()
    with connect(direct.settings.warehouse.get_secret_value()) as warehouse:
        migrate(warehouse)
        with ExitStack() as stack:
            for name, path in files(logs).items():
                opened = open_logs([str(path)], stack)
                load_directly(
                    direct.settings, mapping, warehouse, format_named(name), opened,
                    lambda: int(NOW.timestamp() * 1000),
                )  # fmt: skip
    direct.stitch()
    assert found == direct.rows(*FIGURES)


def test_the_ledger_accounts_for_every_record_and_the_second_run_changes_no_figure(
    tansu: Broker, logs: SampleLogs, tmp_path: Path
) -> None:
    installation = Installation(tansu, tmp_path)
    sent = [installation.send(name, path) for name, path in files(logs).items()]
    installation.read_all(*sent)
    installation.stitch()
    once = installation.rows(*FIGURES)
    ((totals,),) = installation.rows(
        "SELECT sum(records), sum(stored) + sum(dropped) + sum(dead_letters) FROM batches"
    )
    assert totals[0] == totals[1] == sum(one.records for one in sent)

    again = [installation.send(name, path) for name, path in files(logs).items()]
    installation.read_all(*again)
    installation.stitch()
    assert installation.rows(*FIGURES) == once


@pytest.mark.parametrize(
    "broker",
    ["tansu", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.long])],
    indirect=True,
)
def test_a_bad_record_becomes_a_dead_letter_with_its_bytes_and_its_batch_is_unharmed(
    broker: Broker, tmp_path: Path
) -> None:
    installation = Installation(broker, tmp_path, partitions=1)
    bad = b'{"type":"page","messageId":"m9", \xff\xfe broken\n'
    log = tmp_path / "log.jsonl"
    log.write_bytes((PAGE % 1).encode() + bad + (PAGE % 2).encode())
    installation.read_all(installation.send("segment", log))

    touchpoints, letters = installation.rows(
        "SELECT event_id FROM touchpoints ORDER BY event_id",
        "SELECT topic, partition, offset, source, format, reason, hex(value) FROM dead_letters",
    )
    assert touchpoints == [("m1",), ("m2",)]
    topic = installation.topics.raw("website")
    assert letters == [(topic, 0, 1, "website", "segment", "not_utf8", bad.strip().hex().upper())]
    (published,) = dead_letter_topic(installation)
    assert base64.b64decode(published["value"]) == bad.strip()
    assert (published["topic"], published["offset"], published["reason"]) == (topic, 1, "not_utf8")


def test_an_occupied_warehouse_is_waited_for(tansu: Broker, tmp_path: Path) -> None:
    installation = Installation(tansu, tmp_path)
    log = tmp_path / "log.jsonl"
    log.write_text(PAGE % 1)
    sent = installation.send("segment", log)
    occupant = connect(installation.settings.warehouse.get_secret_value())
    with installation.worker() as running:
        for _ in range(300):
            if "warehouse away" in installation.log:
                break
            running.check()
            time.sleep(0.1)
        else:
            pytest.fail(f"the worker does not say that it waits:\n{installation.log}")
        occupant.close()
        wait(running, tansu, sent.ends)
    assert installation.rows("SELECT count() FROM touchpoints") == [[(1,)]]


def test_a_stitch_can_be_asked_for(tansu: Broker, tmp_path: Path) -> None:
    installation = Installation(tansu, tmp_path, stitch_every_s=3600.0)
    log = tmp_path / "log.jsonl"
    log.write_text(PAGE % 1)
    sent = installation.send("segment", log)
    with installation.worker() as running:
        wait(running, tansu, sent.ends)
        producer = KafkaProducer(**tansu.options)
        producer.send(installation.topics.control, b"not a command")
        producer.send(installation.topics.control, b'{"command": "stitch"}').get(10)
        producer.close()
        for _ in range(100):
            if '"event": "stitched"' in installation.log:
                break
            running.check()
            time.sleep(0.1)
    assert installation.rows("SELECT path_text FROM journeys") == [[("page_viewed",)]]


def test_several_workers_run_on_one_machine(tansu: Broker, tmp_path: Path) -> None:
    # Faust's own web server would listen on one port for all, and everybody could reach it.
    log = tmp_path / "log.jsonl"
    log.write_text(PAGE % 1)
    first, second = (Installation(tansu, tmp_path / name) for name in ("first", "second"))
    sent = first.send("segment", log), second.send("segment", log)
    with first.worker() as one, second.worker() as other:
        wait(one, tansu, sent[0].ends)
        wait(other, tansu, sent[1].ends)
        assert listening(one._process.pid) == listening(other._process.pid) == set()


def listening(pid: int) -> set[str]:
    """The addresses a process listens on, as in /proc/net/tcp."""
    held = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(os.readlink(fd))
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held}


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("CJM_BROKER", "", "CJM_BROKER"),
        ("CJM_PARTITIONS", "none", "CJM_PARTITIONS"),
        ("CJM_MAPPING", "/no/such/mapping.yaml", "/no/such/mapping.yaml"),
        ("CJM_WAREHOUSE", "postgres://x", "warehouse"),
    ],
)
def test_bad_configuration_ends_the_worker_before_it_reads(
    tmp_path: Path, variable: str, value: str, says: str
) -> None:
    settings = load_settings(warehouse=f"chdb:///{tmp_path / 'warehouse'}")
    log = tmp_path / "worker.log"
    with worker(settings, Broker("127.0.0.1:9"), log, {variable: value}) as running:
        assert running._process.wait(30) == 78
    last = log.read_text().strip().splitlines()[-1]
    assert last.startswith("cjm: ") and says in last
    assert not (tmp_path / "warehouse").exists()


def dead_letter_topic(installation: Installation) -> list[dict[str, str]]:
    consumer = KafkaConsumer(
        installation.topics.dead_letters,
        bootstrap_servers=installation.broker.servers,
        auto_offset_reset="earliest",
        consumer_timeout_ms=4_000,
        group_id=None,
    )
    found = [json.loads(message.value) for message in consumer]
    consumer.close()
    return found
