"""Secrets that must not be seen, and inputs that must not be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.broker.tansu import free_port
from cjm_tracker.errors import ConfigError
from cjm_tracker.mapping import DEFAULT_MAPPING, load_mapping
from cjm_tracker.measures.measure import SHARED
from cjm_tracker.resources import SQL
from tests.brokers.tls import authority, proxy, signed
from tests.cli.commands import cjm, every_command

ROOT = Path(__file__).parents[1]

# What each would ask for; a command without a line here is called bare.
ARGUMENTS = {
    "load": ["--format", "segment", "-"],
    "send": ["--source", "website", "--event", "{}"],
    "guess": ["-"],
    "validate": ["-"],
    "sql": ["SELECT 1"],
    "measure": ["funnel"],
    "drift": ["absent.csv"],
    "journey": ["somebody"],
    "fix add": ["--touchpoint", "a", "--at", "2050-01-01", "--what", "b"],
    "identity explain": ["cookie:a"],
    "mapping diff": [str(DEFAULT_MAPPING)],
    "mapping preset": ["nothing"],
    "doctor": ["--grafana", "http://127.0.0.1:1", "--token", "canary-of-grafana"],
    "grafana push": ["--url", "http://127.0.0.1:1", "--token", "canary-of-grafana"],
    "grafana pull": ["--url", "http://127.0.0.1:1", "--token", "canary-of-grafana", "--out", "."],
    "grafana check": ["--url", "http://127.0.0.1:1", "--token", "canary-of-grafana"],
}
HARMLESS = {
    "demo",
    "demo-logs",
    "formats",
    "mapping schema",
    "mapping presets",
    "schema export",
}  # they take no secret and do their work at once


def commands() -> Iterator[str]:
    def below(group: Any, before: str) -> Iterator[str]:
        for name, command in group.commands.items():
            path = f"{before} {name}".strip()
            yield from below(command, path) if hasattr(command, "commands") else [path]

    yield from below(every_command(), "")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Every secret set; the broker is one we refuse, the warehouse one that is away."""
    directory = tmp_path_factory.mktemp("secrets")
    ours, stranger = authority(directory), authority(directory, "stranger")
    client = signed(ours, "client", "DNS:client", "canary-of-the-key")
    with proxy(free_port(), free_port(), signed(stranger, "server", "IP:127.0.0.1")) as port:
        yield {
            "CJM_BROKER": f"127.0.0.1:{port}",
            "CJM_KAFKA_SECURITY_PROTOCOL": "sasl_ssl",
            "CJM_KAFKA_CA_FILE": str(ours.file),
            "CJM_KAFKA_CERTIFICATE_FILE": str(client.file),
            "CJM_KAFKA_KEY_FILE": str(client.key),
            "CJM_KAFKA_KEY_PASSWORD": "canary-of-the-key",
            "CJM_KAFKA_SASL_MECHANISM": "PLAIN",
            "CJM_KAFKA_USER": "ann",
            "CJM_KAFKA_PASSWORD": "canary-of-the-login",
            "CJM_WAREHOUSE": f"clickhouse://cjm:canary-of-the-warehouse@127.0.0.1:{free_port()}/cjm",
            "CJM_PII_KEY": "canary-of-personal-data",
            "CJM_LOG_LEVEL": "debug",
        }


def test_no_command_that_fails_shows_a_secret(secrets: dict[str, str], tmp_path: Path) -> None:
    statuses = {}
    for command in sorted(set(commands()) - HARMLESS):
        done = cjm(tmp_path, *command.split(), *ARGUMENTS.get(command, []), **secrets)
        assert "canary" not in done.stdout + done.stderr, command
        statuses[command] = done.returncode
    # They did come as far as the broker and the warehouse.
    assert statuses["topics create"] == statuses["sql"] == statuses["migrate"] == 69
    assert 0 not in statuses.values()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CJM_WAREHOUSE", "clickhouse://cjm:canary@db.example/cjm"),
        ("CJM_WAREHOUSE", "clickhouse://cjm:canary@db.example:port/cjm"),
        ("CJM_BROKER", "ann:canary@127.0.0.1:9092"),
        ("CJM_KAFKA_SECURITY_PROTOCOL", "canary"),
        ("CJM_KAFKA_SASL_MECHANISM", "canary"),
        ("CJM_KAFKA_PASSWORD_FILE", "."),
    ],
)
def test_no_setting_that_is_refused_shows_a_secret(
    name: str, value: str, secrets: dict[str, str], tmp_path: Path
) -> None:
    command = ["migrate"] if name == "CJM_WAREHOUSE" else ["topics", "create"]
    done = cjm(tmp_path, *command, **{**secrets, name: value})
    assert done.returncode == 78
    assert "canary" not in done.stdout + done.stderr


def test_a_mapping_makes_no_python_objects(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / "mapping.yaml"
    path.write_text(f'version: !!python/object/apply:os.system ["touch {trace}"]\nstages: [a]\n')
    with pytest.raises(ConfigError):
        load_mapping(path)
    assert not trace.exists()


def test_no_value_is_written_into_sql() -> None:
    """In files nothing but `{name:Type}` is filled in; in code only tables of ours are named."""
    filled = [
        (file.name, found)
        for file in SQL.rglob("*.sql")
        for found in re.findall(r"%\(\w+\)s|%s|\{\w*\}|\$\{\w+\}", file.read_text())
        # Panels have Grafana's own; measures take in what they share, which is text of ours.
        if "grafana" not in file.name and found.strip("{}") not in SHARED
    ]
    assert filled == []
    statement = re.compile(r"""f"{1,3}\s*(?:SELECT|INSERT|ALTER|CREATE|DROP|DELETE)\b[^"]*""")
    named = {
        name
        for folder in ("cjm_tracker", "streams")
        for file in (ROOT / folder).rglob("*.py")
        for text in statement.findall(file.read_text())
        for name in re.findall(r"\{([^}]*)\}", text)
    }
    # A cluster's statements are made of those in sql/migrations; its name is letters, dots, dashes.
    ours = {"COPY", "table", "how", "address.database"}
    of_clusters = {
        "self.name", "self.database", "name", "database", "everywhere", "old", "new", "rest",
        "found[2] or ''", "migration.name", "migration.checksum",
    }  # fmt: skip
    assert named and named <= ours | of_clusters
