"""Whatever a user gets wrong: one clear line that says what and where, and nothing half written."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from cjm_tracker.warehouse import connect, migrate
from tests.cli.commands import cjm

pytestmark = pytest.mark.slow

PAGE = '{"type":"page","messageId":"m%d","anonymousId":"a","timestamp":"2026-10-01T10:00:00Z"}\n'
MAPPING = """\
version: small_1
stages: [awareness]
sources:
  website:
    channel: web
    rules:
      - {when: {call: page}, touchpoint: page_viewed, stage: %s}
journeys:
  - name: visit
    inactivity: %s
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_text(PAGE % 1)
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress((PAGE % 1).encode() * 9)[:-12])
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "diary.txt").write_text("mine")
    (tmp_path / "stage.yaml").write_text(MAPPING % ("awarenes", "30m"))
    (tmp_path / "duration.yaml").write_text(MAPPING % ("awareness", "a while"))
    (tmp_path / "broken.yaml").write_text("version: [\n")
    return tmp_path


LOAD = ("load", "--direct", "--format", "segment")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("load", "--format", "segmnt", "log.jsonl"), 78, ("segmnt", "segment")),
        (("measure", "stuck", "--against", "channel=a"), 66, ("stuck", "touchpoints")),
        ((*LOAD, "none.jsonl"), 66, ("none.jsonl", "No such file")),
        ((*LOAD, "log.jsonl", "taken"), 66, ("taken", "directory")),
        ((*LOAD, "--mapping", "none.yaml", "log.jsonl"), 78, ("none.yaml", "No such file")),
        ((*LOAD, "--mapping", "broken.yaml", "log.jsonl"), 78, ("broken.yaml:",)),
        (
            (*LOAD, "--mapping", "stage.yaml", "log.jsonl"),
            78,
            ("stage.yaml:7:", "'awarenes'", "did you mean 'awareness'"),
        ),
        (
            (*LOAD, "--mapping", "duration.yaml", "log.jsonl"),
            78,
            ("duration.yaml:10:", "inactivity", "30m, 12h, 14d"),
        ),
        ((*LOAD, "--warehouse", "postgres://x/y", "log.jsonl"), 78, ("chdb:///dir",)),
        ((*LOAD, "--warehouse", "chdb:///taken", "log.jsonl"), 78, ("taken", "other files")),
        (
            (*LOAD, "--warehouse", "clickhouse://u:pw-canary@127.0.0.1:1/cjm", "log.jsonl"),
            69,
            ("127.0.0.1:1", "refused"),
        ),
        (
            ("load", "--format", "segment", "--broker", "127.0.0.1:1", "log.jsonl"),
            69,
            ("127.0.0.1:1", "Is it running"),
        ),
        ((*LOAD, "--broker", "127.0.0.1:1", "log.jsonl"), 78, ("--direct", "--broker")),
        (("sql", "SELECT 1"), 66, ("no warehouse", "cjm demo")),
        (("demo", "--dir", "taken"), 78, ("taken", "--dir")),
        (("journey", "ann"), 66, ("no warehouse",)),
        (("topics", "create"), 78, ("--broker", "CJM_BROKER")),
    ],
)
def test_a_mistake_is_one_clear_line(
    place: Path, arguments: tuple[str, ...], status: int, says: tuple[str, ...]
) -> None:
    before = sorted(place.rglob("*"))
    done = cjm(place, *arguments, CJM_PII_KEY="k" * 32)
    assert done.returncode == status, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("cjm: ")
    assert all(part in line for part in says), line
    assert "pw-canary" not in done.stderr + done.stdout
    assert sorted(place.rglob("*")) == before


def test_a_taken_port_is_named(place: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        done = cjm(place, "demo", "--events", "500", "--port", port)
    assert done.returncode == 78
    assert f"cjm: port {port} is taken" in done.stderr and "--port" in done.stderr


def test_a_file_that_breaks_off_says_so_and_what_came_before_is_loaded_once(place: Path) -> None:
    done = cjm(place, *LOAD, "cut.jsonl.gz")
    assert done.returncode == 66
    assert "cut.jsonl.gz" in done.stderr and "counts nothing twice" in done.stderr


def test_a_warehouse_of_a_newer_version_is_left_alone(place: Path) -> None:
    with connect(f"chdb:///{place / 'newer'}") as warehouse:
        migrate(warehouse)
        warehouse.command("INSERT INTO schema_migrations VALUES ('9999_future', 'x', now())")
    done = cjm(place, *LOAD, "--warehouse", "chdb:///newer", "log.jsonl")
    assert done.returncode == 78
    assert "9999_future" in done.stderr and "upgrade" in done.stderr


def test_an_occupied_warehouse_is_said_to_be_occupied(place: Path) -> None:
    with connect(f"chdb:///{place / 'held'}"):
        done = cjm(place, "sql", "SELECT 1", "--warehouse", "chdb:///held")
    assert done.returncode == 69
    assert "another process holds it" in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE event_log",
        "SELECT 1; DROP TABLE event_log",
        "SELECT 1 SETTINGS readonly = 0; DROP TABLE event_log",
        "SET readonly = 0; DROP TABLE event_log",
        "INSERT INTO stitched_log (token) VALUES ('x')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
        "SELECT 1 INTO OUTFILE 'out.csv'",
        "SELECT 1 into/* */ -- x\n outfile 'out.csv'",
        "CREATE TABLE k (a String) ENGINE = Kafka",
        "SELEC 1",
    ],
)
def test_sql_only_reads(warehouse_directory: Path, query: str) -> None:
    done = cjm(warehouse_directory, "sql", query)
    assert done.returncode == 65, done.stdout + done.stderr
    assert done.stderr.startswith("cjm: ") and len(done.stderr.splitlines()) == 1
    intact = cjm(
        warehouse_directory, "sql", "SELECT count() AS n FROM touchpoints", "--format", "csv"
    )
    assert intact.stdout == "n\n1\n"
    assert not (warehouse_directory / "out.csv").exists()


@pytest.fixture(scope="module")
def warehouse_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sql")
    loaded = cjm(directory, *LOAD, "-", stdin=(PAGE % 1).encode())
    assert loaded.returncode == 0, loaded.stderr
    return directory
