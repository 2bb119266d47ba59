from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cjm_tracker.errors import (
    ConfigError,
    InputError,
    WarehouseError,
    WarehouseRejected,
    WarehouseUnavailable,
)
from cjm_tracker.warehouse import Warehouse, connect
from cjm_tracker.warehouse.client import Address, parse_dsn


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Warehouse]:
    """Open for one test only: others here open other directories."""
    with connect(f"chdb:///{tmp_path / 'engine'}") as opened:
        yield opened


# --- addresses


@pytest.mark.parametrize(
    ("dsn", "directory"),
    [
        ("chdb:///cjm-data", "cjm-data"),
        ("chdb:///data/cjm", "data/cjm"),
        ("chdb:////var/lib/cjm", "/var/lib/cjm"),
        ("chdb://cjm-data", "cjm-data"),
        ("chdb:///two words", "two words"),
    ],
)
def test_an_embedded_warehouse_is_a_directory(dsn: str, directory: str) -> None:
    assert parse_dsn(dsn) == Address(directory=Path(directory))


@pytest.mark.parametrize(
    ("dsn", "address"),
    [
        ("clickhouse://db.example", Address(None, "db.example")),
        ("clickhouse://db.example/shop", Address(None, "db.example", database="shop")),
        ("clickhouse://db.example:9123/", Address(None, "db.example", 9123)),
        ("clickhouses://db.example", Address(None, "db.example", 8443, secure=True)),
        ("clickhouse://ana:pa%23s%40s@db.example",
         Address(None, "db.example", user="ana", password="pa#s@s")),
        ("clickhouse://[2001:db8::1]:8123/cjm", Address(None, "2001:db8::1")),
    ],
)  # fmt: skip
def test_a_server_is_an_address_with_a_database(dsn: str, address: Address) -> None:
    assert parse_dsn(dsn) == address


@pytest.mark.parametrize(
    "dsn",
    [
        "", "cjm-data", "chdb://", "chdb:///", "http://db.example", "postgres://db.example/cjm",
        "clickhouse://", "clickhouse:///cjm", "clickhouse://db.example:port/cjm",
        "clickhouse://db.example:99999/cjm", "clickhouse://db.example/two words",
        "clickhouse://db.example/a;DROP", "clickhouse://db.example/1st",
        "clickhouse://db.example/cjm?secure=1", "clickhouse://db.example/cjm?secure",
        "chdb:///dir?readonly=1", "chdb:///dir#1", "clickhouse://[2001:db8::1/cjm",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(dsn: str) -> None:
    with pytest.raises(ConfigError, match="^warehouse: "):
        parse_dsn(dsn)


@pytest.mark.parametrize(
    "dsn", ["clickhouse://ana:hunter2@db.example/bad name", "clickhouse://ana:hunter2@db.example:x/",
            "clickhouse://ana:hunter2@/cjm", "clickhouse://ana:hunter2#@db.example/cjm",
            "http://ana:hunter2@db.example/"],
)  # fmt: skip
def test_a_refusal_does_not_show_the_password(dsn: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_dsn(dsn)
    assert "hunter2" not in str(caught.value)


def test_an_address_never_shows_its_password() -> None:
    address = parse_dsn("clickhouse://ana:hunter2@db.example/cjm")
    assert "hunter2" not in f"{address} {address!r}"


def test_a_server_that_is_away_is_named_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(WarehouseUnavailable) as caught:
        connect(f"clickhouse://ana:hunter2@127.0.0.1:{port}/cjm")
    assert f"clickhouse://127.0.0.1:{port}/cjm" in str(caught.value)
    assert "hunter2" not in str(caught.value)


# --- directories


def test_a_directory_is_made_where_there_is_none(tmp_path: Path) -> None:
    with connect(f"chdb:///{tmp_path / 'a' / 'b'}") as opened:
        assert opened.query("SELECT 1").rows == [(1,)]


def test_nothing_is_made_where_one_only_looks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no warehouse"):
        connect(f"chdb:///{tmp_path / 'none'}", create=False)
    assert not (tmp_path / "none").exists()


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("do not touch")
    with pytest.raises(ConfigError, match="holds other files"):
        connect(f"chdb:///{tmp_path}")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "cjm-data"
    path.write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        connect(f"chdb:///{path}")


def test_a_directory_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((ConfigError, WarehouseUnavailable), match="warehouse"):
        connect(f"chdb:///{tmp_path / 'file' / 'cjm'}")


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    dsn = f"chdb:///{tmp_path / 'kept'}"
    with connect(dsn) as first:
        first.command("CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n")
        first.insert("t", {"n": [7]})
    with connect(dsn) as second:
        assert second.query("SELECT n FROM t").rows == [(7,)]


def test_a_second_process_is_told_who_is_in_its_way(empty_warehouse: Warehouse) -> None:
    dsn = f"chdb:///{empty_warehouse.address.directory}"
    program = (
        "import sys\nfrom cjm_tracker.errors import WarehouseUnavailable\n"
        "from cjm_tracker.warehouse import connect\n"
        "try:\n    connect(sys.argv[1])\nexcept WarehouseUnavailable as error:\n    print(error)"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, dsn], capture_output=True, text=True, timeout=60
    )
    assert "cannot be opened: another process holds it" in second.stdout


def test_a_second_process_leaves_the_first_ones_warehouse_unharmed(
    empty_warehouse: Warehouse,
) -> None:
    program = "import sys; from cjm_tracker.warehouse import connect; connect(sys.argv[1])"
    dsn = f"chdb:///{empty_warehouse.address.directory}"
    second = subprocess.run([sys.executable, "-c", program, dsn], capture_output=True, timeout=60)
    assert second.returncode != 0
    assert empty_warehouse.query("SELECT 1").rows == [(1,)]


# --- asking and writing


@pytest.fixture
def numbers(empty_warehouse: Warehouse) -> Warehouse:
    empty_warehouse.command(
        "CREATE TABLE numbers (n UInt8, at DateTime64(3, 'UTC')) ENGINE = MergeTree"
        " PARTITION BY toYYYYMM(at) ORDER BY n SETTINGS non_replicated_deduplication_window = 10000"
    )
    return empty_warehouse


def count(warehouse: Warehouse) -> int:
    return warehouse.query("SELECT count() AS n FROM numbers").one()["n"]


def test_a_row_knows_its_columns(empty_warehouse: Warehouse) -> None:
    found = empty_warehouse.query("SELECT 1 AS one, 'x' AS two")
    assert (found.columns, found.dicts()) == (("one", "two"), [{"one": 1, "two": "x"}])


def test_parameters_are_bound_not_pasted(empty_warehouse: Warehouse) -> None:
    text = "it's; DROP DATABASE cjm -- \\ {x:String} 'ДА'\n\t"
    found = empty_warehouse.query("SELECT {text:String} AS text", {"text": text})
    assert found.one()["text"] == text


def test_of_inserts_by_one_name_the_first_counts(numbers: Warehouse) -> None:
    for n in (1, 2):
        numbers.insert("numbers", {"n": [n], "at": [0]}, once="name")
    assert numbers.query("SELECT n FROM numbers").rows == [(1,)]


def test_inserts_without_a_name_all_count(numbers: Warehouse) -> None:
    for _ in range(2):
        numbers.insert("numbers", {"n": [1, 2], "at": [0, 0]})
        numbers.command("INSERT INTO numbers SELECT 3, 0")
    assert count(numbers) == 6


def test_an_insert_may_span_decades_of_partitions(numbers: Warehouse) -> None:
    months = 400
    at = [n * 31 * 86_400_000 for n in range(months)]
    for _ in range(2):
        numbers.insert("numbers", {"n": [1] * months, "at": at}, once="name")
    assert count(numbers) == months


@pytest.mark.parametrize("columns", [{}, {"n": []}], ids=str)
def test_no_rows_are_no_insert(numbers: Warehouse, columns: dict) -> None:
    numbers.insert("numbers", columns)
    assert count(numbers) == 0


@pytest.mark.parametrize(
    "sql",
    ["INSERT INTO numbers VALUES (1, 0)", "SELECT * FROM file('/etc/passwd', 'LineAsString')",
     "DROP TABLE numbers"],
)  # fmt: skip
def test_a_readonly_question_can_do_no_harm(numbers: Warehouse, sql: str) -> None:
    with pytest.raises(WarehouseError):
        numbers.query(sql, readonly=True)


# --- what the engine refuses


@pytest.mark.parametrize(
    "sql", ["SELECT", "SELECT nothing", "SELECT * FROM nowhere", "SELECT toUInt8('x')"]
)
def test_a_wrong_statement_is_rejected(empty_warehouse: Warehouse, sql: str) -> None:
    with pytest.raises(WarehouseRejected):
        empty_warehouse.query(sql)


@pytest.mark.parametrize("value", ["many", None, 256, -1, 10**30, [1]], ids=repr)
def test_a_value_that_does_not_fit_is_rejected(numbers: Warehouse, value: object) -> None:
    with pytest.raises(WarehouseRejected):
        numbers.insert("numbers", {"n": [value], "at": [0]})


def test_a_rejected_value_is_not_shown(numbers: Warehouse) -> None:
    with pytest.raises(WarehouseRejected) as caught:
        numbers.insert("numbers", {"n": ["hunter2"], "at": [0]})
    assert "hunter2" not in str(caught.value)


def test_a_refused_insert_writes_nothing(numbers: Warehouse) -> None:
    with pytest.raises(WarehouseRejected):
        numbers.insert("numbers", {"n": [1, None], "at": [0, 0]})
    assert count(numbers) == 0


def test_running_out_of_memory_may_be_tried_again(empty_warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseUnavailable):
        empty_warehouse.query(
            "SELECT arraySort(groupArray(number)) FROM numbers(10000000)"
            " SETTINGS max_memory_usage = 1000000"
        )


def test_running_out_of_time_may_be_tried_again(empty_warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseUnavailable):
        empty_warehouse.query(
            "SELECT sum(sleepEachRow(0.1)) FROM numbers(50)"
            " SETTINGS max_execution_time = 1, max_block_size = 1"
        )
