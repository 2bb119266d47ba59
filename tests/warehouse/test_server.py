"""The warehouse as a server: the driver's own HTTP client, against `http_engine`.

The server lives in a time zone of its own, as servers do; what is read must not show it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

from cjm_tracker.broker import Broker, EmbeddedBroker
from cjm_tracker.errors import (
    ConfigError,
    WarehouseError,
    WarehouseRejected,
    WarehouseUnavailable,
)
from cjm_tracker.events import Record
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, connect, migrate, run_query, stitch, store

from ..cli.commands import cjm
from ..streams.installation import Installation, wait
from .deeds import count
from .http_engine import PASSWORD
from .servers import Server

# The same tests, asked of a server: `empty_warehouse` below is theirs here.
from .test_client import (  # noqa: F401
    numbers,
    test_a_readonly_question_can_do_no_harm,
    test_a_refused_insert_writes_nothing,
    test_a_rejected_value_is_not_shown,
    test_a_value_that_does_not_fit_is_rejected,
    test_a_wrong_statement_is_rejected,
    test_an_insert_may_span_decades_of_partitions,
    test_inserts_without_a_name_all_count,
    test_no_rows_are_no_insert,
    test_of_inserts_by_one_name_the_first_counts,
    test_parameters_are_bound_not_pasted,
    test_running_out_of_memory_may_be_tried_again,
)
from .test_facts import (  # noqa: F401
    journal,
    merge,
    test_a_dead_letter_keeps_its_bytes,
    test_an_event_is_stored_with_all_it_says,
    test_times_keep_their_milliseconds,
    test_what_is_not_known_is_null,
)

KEY = "k" * 32
NOW = 1_790_000_000_000  # 2026-09-21


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
def dsn(server: Server) -> str:
    """A database of the test's own."""
    return server.dsn(f"t{uuid.uuid4().hex[:10]}")


@pytest.fixture
def empty_warehouse(dsn: str) -> Iterator[Warehouse]:
    with connect(dsn) as opened:
        yield opened


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load_mapping()


# --- one customer on three channels

PHONE = "+359888123456"
SEGMENT: list[dict[str, Any]] = [
    {"type": "page", "name": "Blog", "messageId": "m1", "anonymousId": "ck-1",
     "timestamp": "2026-03-01T22:30:00.001Z"},
    {"type": "identify", "messageId": "m2", "anonymousId": "ck-1", "userId": "u-1",
     "timestamp": "2026-03-02T09:00:00Z", "traits": {"phone": PHONE}},
    {"type": "track", "event": "Order Completed", "messageId": "m3", "userId": "u-1",
     "timestamp": "2026-03-02T09:30:00Z",
     "properties": {"order_id": "A-1", "total": 19.9, "currency": "EUR"}},
    {"type": "page", "messageId": "m4", "anonymousId": "ck-2",
     "timestamp": "2026-03-02T09:31:00Z"},
    {"type": "page", "messageId": "", "anonymousId": "ck-2"},
]  # fmt: skip
CALLS: list[dict[str, Any]] = [
    {"ContactId": "c1", "Channel": "VOICE", "InitiationMethod": "INBOUND",
     "InitiationTimestamp": "2026-03-04T10:00:00Z", "DisconnectTimestamp": "2026-03-04T10:02:00Z",
     "LastUpdateTimestamp": "2026-03-04T10:08:00Z",
     "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
     "Queue": {"Name": "Delivery", "Duration": 118}, "Agent": None, "Attributes": {}},
]  # fmt: skip
ANSWERS: list[dict[str, Any]] = [
    {"event_id": "w1", "event_type": "form_response", "form_response": {
        "form_id": "f", "token": "tok-1", "landed_at": "2026-03-05T11:58:00Z",
        "submitted_at": "2026-03-05T12:00:00Z", "hidden": {"user_id": "u-1"},
        "definition": {"id": "f", "title": "Your call"},
        "answers": [
            {"type": "number", "number": 9, "field": {"id": "x", "ref": "nps"}},
            {"type": "text", "text": "Добри 'хора'\n\\", "field": {"id": "y", "ref": "comment"}},
        ]}},
]  # fmt: skip
STEPS = [
    (1, "2026-03-01 22:30:00.001", "website", "article_read", "awareness", None, None),
    (2, "2026-03-02 09:30:00.000", "website", "order_completed", "purchase", 19.9, None),
    (3, "2026-03-04 10:00:00.000", "call_centre", "call_abandoned", "service", None, 118.0),
    (4, "2026-03-05 12:00:00.000", "survey", "nps_answered", "loyalty", None, None),
]


def tell(warehouse: Warehouse, mapping: Mapping) -> None:
    """All three logs, a batch each."""
    pipeline = Pipeline(mapping, KEY.encode())
    for format_name, told in (
        ("segment", SEGMENT), ("amazon_connect", CALLS), ("typeform", ANSWERS)
    ):  # fmt: skip
        records = [
            Record(format_name, 0, offset, NOW, json.dumps(one).encode())
            for offset, one in enumerate(told)
        ]
        batch = pipeline.process(records, format_named(format_name))
        store(warehouse, batch, records, pipeline.version, NOW)


def steps(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.query(
        "SELECT position, toString(occurred_at), source, touchpoint, stage, toFloat64(value),"
        " wait_s FROM steps WHERE customer_id = (SELECT customer_id FROM touchpoints"
        " WHERE event_id = 'm3') ORDER BY position"
    ).rows


def tables(warehouse: Warehouse) -> dict[str, int]:
    names = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'View'"
    ).rows
    return {name: count(warehouse, name) for (name,) in names}


def test_a_server_is_migrated_once(empty_warehouse: Warehouse) -> None:
    assert len(migrate(empty_warehouse)) >= 2
    assert migrate(empty_warehouse) == []


def test_three_logs_become_one_journey(warehouse: Warehouse, mapping: Mapping) -> None:
    tell(warehouse, mapping)
    assert stitch(warehouse, mapping, NOW).batches == 3
    assert steps(warehouse) == STEPS
    read = "SELECT path_text, is_converted, step_count FROM journeys ORDER BY step_count"
    assert warehouse.query(read).rows == [
        ("page_viewed", 0, 1),
        ("article_read > order_completed > call_abandoned > nps_answered", 1, 4),
    ]
    assert warehouse.query("SELECT comment FROM events WHERE comment != ''").rows == [
        ("Добри 'хора'\n\\",)
    ]
    assert warehouse.query("SELECT event_id, drop_reason FROM drops").rows == [
        ("m2", "identity_only")
    ]
    ledger = "SELECT sum(records), sum(stored), sum(dropped), sum(dead_letters) FROM batches"
    assert warehouse.query(ledger).rows == [(7, 5, 1, 1)]
    assert PHONE not in str(warehouse.query("SELECT value FROM identities").rows)


def test_the_same_batches_again_change_no_table(warehouse: Warehouse, mapping: Mapping) -> None:
    tell(warehouse, mapping)
    merge(warehouse, tables(warehouse))
    before = tables(warehouse)
    tell(warehouse, mapping)
    merge(warehouse, before)
    assert tables(warehouse) == before
    assert before["event_log"] == 6


def test_a_rebuild_changes_no_step(warehouse: Warehouse, mapping: Mapping) -> None:
    tell(warehouse, mapping)
    for full in (False, True):
        stitch(warehouse, mapping, NOW, full=full)
        assert steps(warehouse) == STEPS


def test_named_queries_bind_their_parameters(warehouse: Warehouse, mapping: Mapping) -> None:
    tell(warehouse, mapping)
    stitch(warehouse, mapping, NOW)
    funnel = run_query(warehouse, "stage_funnel", definition="customer_journey").rows
    assert 0 < len(funnel) <= len(mapping.stages)


# --- refusals


def test_a_wrong_password_is_one_clear_error(server: Server) -> None:
    with pytest.raises(ConfigError) as caught:
        connect(server.dsn(password="hunter2"))
    address = f"clickhouse://127.0.0.1:{server.port}/cjm"
    assert str(caught.value) == f"warehouse {address}: user or password is refused"


def test_two_statements_in_one_are_refused(empty_warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseRejected, match="Multi-statements"):
        empty_warehouse.query("SELECT 1; SELECT 2")


def test_a_readonly_question_leaves_the_next_one_free(numbers: Warehouse) -> None:  # noqa: F811
    assert numbers.query("SELECT count() FROM numbers", readonly=True).rows == [(0,)]
    numbers.insert("numbers", {"n": [1], "at": [0]})
    with pytest.raises(WarehouseError):
        numbers.query("DROP TABLE numbers", readonly=True)
    assert numbers.query("SELECT n FROM numbers").rows == [(1,)]


class BadGateway(BaseHTTPRequestHandler):
    """What a proxy says while the server behind it is away."""

    def do_POST(self) -> None:
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b"error code: 502")

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), BadGateway) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy.server_port
        proxy.shutdown()


def test_a_proxy_before_an_absent_server_may_be_asked_again(gateway: int) -> None:
    with pytest.raises(WarehouseUnavailable, match="502"):
        connect(f"clickhouse://ana:hunter2@127.0.0.1:{gateway}/cjm")


def test_of_a_failed_tls_connection_only_the_cause_is_said(server: Server) -> None:
    address = f"127.0.0.1:{server.port}/cjm"
    with pytest.raises(WarehouseUnavailable) as caught:
        connect(f"clickhouses://ana:hunter2@{address}")
    said = str(caught.value)
    assert said.startswith(f"warehouse clickhouses://{address}: [SSL: ")
    assert "query_id" not in said and "hunter2" not in said


# --- away and back


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "server")
    running.start()
    yield running
    running.kill()


def test_a_server_that_goes_away_and_comes_back(own_server: Server, mapping: Mapping) -> None:
    with connect(own_server.dsn()) as warehouse:
        migrate(warehouse)
        tell(warehouse, mapping)
        merge(warehouse, tables(warehouse))
        before = tables(warehouse)
        own_server.kill()
        for ask in (lambda: tell(warehouse, mapping), lambda: warehouse.query("SELECT 1")):
            with pytest.raises(WarehouseUnavailable) as caught:
                ask()
            assert f"clickhouse://127.0.0.1:{own_server.port}/cjm" in str(caught.value)
            assert PASSWORD not in str(caught.value)
        own_server.start()
        tell(warehouse, mapping)
        merge(warehouse, before)
        assert tables(warehouse) == before
        stitch(warehouse, mapping, NOW)
        assert steps(warehouse) == STEPS


# --- the command line


def segment_log(path: Path, messages: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(message) + "\n" for message in messages))
    return path


def test_a_file_is_loaded_into_a_server_and_read_from_it(dsn: str, tmp_path: Path) -> None:
    log = segment_log(tmp_path / "log.jsonl", SEGMENT)
    load = ("load", "--direct", "--warehouse", dsn, "--format", "segment", str(log))
    loaded = cjm(tmp_path, *load, "--json", CJM_PII_KEY=KEY)
    assert loaded.returncode == 0, loaded.stderr
    assert json.loads(loaded.stdout)["records"] == 5
    assert quote(PASSWORD, safe="") not in loaded.stdout + loaded.stderr

    read = "SELECT path_text, journeys FROM paths ORDER BY ALL"
    answer = cjm(tmp_path, "sql", read, "--warehouse", dsn, "--format", "csv")
    assert answer.stdout.splitlines()[1:] == ["article_read > order_completed,1", "page_viewed,1"]

    dropped = cjm(tmp_path, "sql", "DROP TABLE event_log", "--warehouse", dsn)
    assert dropped.returncode == 65
    assert dropped.stderr.startswith("cjm: ") and "readonly" in dropped.stderr
    with connect(dsn) as warehouse:
        assert count(warehouse, "events") == 4


def test_a_server_is_not_loaded_without_a_key_for_personal_data(dsn: str, tmp_path: Path) -> None:
    log = segment_log(tmp_path / "log.jsonl", SEGMENT)
    refused = cjm(tmp_path, "load", "--direct", "--warehouse", dsn, "--format", "segment", str(log))
    assert refused.returncode == 78
    assert "CJM_PII_KEY" in refused.stderr


# --- a worker


@pytest.fixture(scope="module")
def tansu() -> Iterator[Broker]:
    with EmbeddedBroker() as address:
        yield address


def pages(first: int, many: int) -> list[dict[str, Any]]:
    return [
        {"type": "page", "messageId": f"m{n}", "anonymousId": f"ck-{n % 97}",
         "timestamp": f"2026-03-02T{n % 24:02}:{n % 60:02}:00Z"}
        for n in range(first, first + many)
    ]  # fmt: skip


@pytest.mark.broker
def test_a_server_killed_under_a_worker_loses_nothing_and_counts_nothing_twice(
    tansu: Broker, own_server: Server, tmp_path: Path
) -> None:
    installation = Installation(
        tansu,
        tmp_path / "worker",
        warehouse=own_server.dsn(),
        pii_key=KEY,
        batch_records=50,
        partitions=1,
        stitch_every_s=3.0,
    )
    first = segment_log(tmp_path / "first.jsonl", pages(0, 800))
    second = segment_log(tmp_path / "second.jsonl", pages(800, 200))
    ends = installation.send("segment", first).ends
    (place,) = ends
    with installation.worker() as running:
        wait(running, tansu, {place: 100})
        own_server.kill()  # while the batches after these are written
        for _ in range(2):  # records come in, some of them twice, while it is away
            ends = installation.send("segment", second).ends
        own_server.start()
        wait(running, tansu, {place: 500})
        own_server.kill()
        own_server.start()
        wait(running, tansu, ends)
        assert running.stop() == 0, installation.log
    log = (tmp_path / "worker" / "worker.log").read_text()
    assert "warehouse away, trying again" in log
    # Neither the driver's lines nor urllib3's, which show URLs.
    assert "Driver Exception" not in log and "insert_deduplication_token" not in log
    installation.stitch()
    events, ledger, gaps, journeys = installation.rows(
        "SELECT count(), uniqExact(event_id) FROM events",
        "SELECT sum(records), sum(stored), sum(dropped) + sum(dead_letters) FROM batches",
        # Each batch of a partition begins where the one before it ended.
        "SELECT count() FROM (SELECT first_offset, lagInFrame(last_offset, 1, -1) OVER (PARTITION"
        " BY topic, partition ORDER BY first_offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT"
        " ROW) AS before FROM batches) WHERE first_offset != before + 1",
        "SELECT sum(step_count) FROM journeys",
    )
    assert events == [(1000, 1000)]
    assert ends == {place: 1200} and ledger == [(1200, 1200, 0)]
    assert gaps == [(0,)]
    assert journeys == [(1000,)]
