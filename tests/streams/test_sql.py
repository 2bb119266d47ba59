"""ClickHouse's HTTP interface of a worker, asked by ClickHouse's own client."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from cjm_tracker.warehouse import connect, migrate
from cjm_tracker.warehouse.reader import Reader
from streams.listener import is_of_this_machine
from streams.sql import SqlInterface
from tests.streams.serving import served


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    directory = tmp_path_factory.mktemp("sql") / "warehouse"
    with connect(f"chdb:///{directory}") as warehouse:
        migrate(warehouse)
        with served(SqlInterface, Reader(Path(directory))) as port:
            yield port


@pytest.fixture(scope="module")
def client(port: int) -> Iterator[Client]:
    """As any program opens it: with a login that is nobody's, a database and settings."""
    made = clickhouse_connect.get_client(
        host="127.0.0.1", port=port, username="ann", password="any", database="cjm"
    )
    yield made
    made.close()


def test_a_client_shakes_hands(client: Client) -> None:
    assert client.server_version and str(client.server_tz)
    assert client.ping()


def test_a_client_asks(client: Client) -> None:
    assert client.query("SELECT number, toString(number) FROM numbers(3)").result_rows == [
        (0, "0"), (1, "1"), (2, "2"),
    ]  # fmt: skip
    bound = {"a": "x'; DROP TABLE y --\n\\", "n": 2, "l": ["a", "б"]}
    sql = "SELECT {a:String}, {n:UInt8} + 1, {l:Array(String)}"
    assert client.query(sql, parameters=bound).result_rows == [(bound["a"], 3, ["a", "б"])]
    assert client.query("SELECT %(a)s", parameters=bound).result_rows == [(bound["a"],)]
    assert list(client.query_np("SELECT number FROM numbers(3)").ravel()) == [0, 1, 2]
    assert client.query_arrow("SELECT number FROM numbers(3)").num_rows == 3
    assert client.command("SELECT count() FROM journeys") == 0
    assert client.raw_query("SELECT 1", fmt="CSV") == b"1\n"


def test_a_client_streams(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(300000)") as blocks:
        assert sum(number for block in blocks for (number,) in block) == sum(range(300_000))


def test_a_client_is_refused_what_writes(client: Client) -> None:
    with pytest.raises(DatabaseError, match="READONLY"):
        client.command("DROP TABLE event_log")
    with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
        client.query("SELECT * FROM file('/etc/passwd', 'LineAsString')")
    with pytest.raises(DatabaseError):
        client.insert("event_log", [["website"]], column_names=["source"])


def test_cjm_itself_is_a_client(port: int) -> None:
    with connect(f"clickhouse://127.0.0.1:{port}", create=False) as warehouse:
        assert warehouse.query("SELECT count() AS n FROM journeys", readonly=True).one() == {"n": 0}


def ask(
    port: int, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body.encode(), given)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_a_browser_or_curl_asks(port: int) -> None:
    assert ask(port, "GET", "/ping")[:2] == ask(port, "GET", "/")[:2] == (200, b"Ok.\n")
    path = f"/?query={quote('SELECT {a:UInt8}+1 AS n')}&param_a=41&default_format=JSONEachRow"
    status, body, headers = ask(port, "GET", path)
    assert (status, body) == (200, b'{"n":42}\n')
    assert headers["X-ClickHouse-Format"] == "JSONEachRow"
    assert "Access-Control-Allow-Origin" not in headers
    squeezed = ask(port, "POST", "/?enable_http_compression=1", "SELECT 1", Accept_Encoding="gzip")
    assert gzip.decompress(squeezed[1]) == b"1\n"


@pytest.mark.parametrize(
    ("path", "sql", "status", "code"),
    [
        ("/", "SELEC 1", 400, "62"),
        ("/", "SELECT nosuch FROM journeys", 404, "47"),
        ("/", "SELECT 1; SELECT 2", 400, "62"),
        ("/", "DROP TABLE event_log", 403, "164"),
        ("/", "SELECT file('/etc/passwd')", 403, "497"),
        ("/?max_memory_usage=0", "SELECT 1", 403, "164"),
        ("/?database=system", "SELECT 1", 404, "81"),
        ("/?decompress=1", "SELECT 1", 501, "48"),
        ("/?extremes=1", "SELECT 1", 403, "164"),
        ("/?default_format=Template", "SELECT 1", 400, "73"),
    ],
)
def test_errors_are_a_servers(port: int, path: str, sql: str, status: int, code: str) -> None:
    found, body, headers = ask(port, "POST", path, sql)
    assert (found, headers["X-ClickHouse-Exception-Code"]) == (status, code)
    assert body.startswith(f"Code: {code}. DB::Exception: ".encode())


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": ""},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_another_sites_page_may_not_ask(port: int, headers: dict[str, str]) -> None:
    status, body, _ = ask(port, "POST", "/", "SELECT 4711", **headers)
    assert status == 403 and b"4711" not in body


def test_no_page_is_told_that_it_may_ask(port: int) -> None:
    status, _, headers = ask(port, "OPTIONS", "/", Access_Control_Request_Method="POST")
    assert status == 405 and not [name for name in headers if "access-control" in name.lower()]


def test_loopback_is_known_by_its_names() -> None:
    assert all(map(is_of_this_machine, ("localhost", "127.0.0.1:8123", "[::1]:8123", "127.1.2.3")))
    assert not any(map(is_of_this_machine, ("", "a", "localhost.a:1", "[", "10.0.0.1", "0.0.0.0")))
