"""compose.yaml, provisioning and ClickHouse's users: held against the code, for want of Docker."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from cjm_tracker.broker import Broker
from cjm_tracker.dashboards.push import FOLDER, FOLDER_UID
from cjm_tracker.dashboards.source import NAME, PLUGIN, DataSource
from cjm_tracker.events import SOURCES
from cjm_tracker.resources import DEPLOY, SQL
from cjm_tracker.settings import Settings
from cjm_tracker.simulator import simulate
from cjm_tracker.simulator.log import FILES
from cjm_tracker.sources import format_named, formats
from cjm_tracker.warehouse.client import parse_dsn
from tests.cli.commands import every_command
from tests.dashboards.board_files import VIEWS
from tests.dashboards.questions import Lab

DEFAULT = re.compile(r"\$\{(\w+):-([^}]*)\}")


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def yaml(name: str) -> Any:
    return YAML(typ="safe").load(read(name))


def filled(text: str) -> str:
    """With compose's defaults, as without an .env file."""
    return DEFAULT.sub(lambda match: match[2], text)


COMPOSE = YAML(typ="safe").load(filled(read("compose.yaml")))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_there_are_the_services_the_tracker_needs() -> None:
    assert set(SERVICES) == {"kafka", "clickhouse", "grafana", "viewer", *OURS}
    assert set(OURS) == {"migrate", "topics", "worker", "demo"}


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert "bitnami" not in image
    assert name in OURS or re.search(r":\d+\.\d+\.\d+(\.\d+)?$", image)


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", OURS)
def test_our_settings_are_settings(name: str) -> None:
    environment = OURS[name]["environment"]
    known = {f"CJM_{field}".upper() for field in Settings.model_fields}
    assert set(environment) <= known
    values = {key.removeprefix("CJM_").lower(): value for key, value in environment.items()}
    settings = Settings(_env_file=None, **values)
    address = parse_dsn(settings.warehouse.get_secret_value())
    assert (address.host, address.port, address.database) == ("clickhouse", 8123, "cjm")
    assert Broker.of(settings) == Broker("kafka:9092")
    assert settings.pii_key and len(settings.pii_key.get_secret_value()) >= 16


def test_the_worker_waits_for_what_it_needs() -> None:
    waits = {name: wait["condition"] for name, wait in OURS["worker"]["depends_on"].items()}
    assert waits == {
        "kafka": "service_healthy",
        "clickhouse": "service_healthy",
        "migrate": "service_completed_successfully",
        "topics": "service_completed_successfully",
    }
    assert OURS["worker"]["command"] == "faust -A streams.app worker -l info".split()


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_is_waited_for_is_there_and_can_be_healthy(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert wait["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
        assert (wait["condition"] == "service_completed_successfully") <= (
            SERVICES[other]["restart"] == "no"
        )


def test_commands_are_commands_of_ours() -> None:
    root: Any = every_command()
    for line in ["cjm migrate", "cjm topics create", *_demo_lines()]:
        command = root
        for word in line.split()[1:]:
            if hasattr(command, "commands"):
                assert word in command.commands, line
                command = command.commands[word]
            elif word.startswith("-"):
                assert any(word in parameter.opts for parameter in command.params), line


def test_the_demo_sends_what_the_simulator_writes() -> None:
    sent = {
        match[2]: match[1]
        for line in _demo_lines()
        if (match := re.search(r"--format (\w+) (\S+)$", line))
    }
    assert sent == {
        name: next(part for part in name.split(".") if part in formats()) for name in FILES.values()
    }
    assert {format_named(name).source for name in sent.values()} <= set(SOURCES)


def test_the_demo_sends_something_new_every_minute(tmp_path: Path) -> None:
    *_, script = SERVICES["demo"]["command"]
    assert "sleep 60" in script and 'echo "$$((seed + 1)) 500" > next' in script
    logs = [
        simulate(tmp_path / str(seed), events=500, seed=seed, end=datetime(2026, 1, 1, tzinfo=UTC))
        for seed in (7, 8)
    ]
    sent = [re.findall(r'"messageId":\s*"([^"]+)', log.website.read_text()) for log in logs]
    assert len(sent[1]) > 100
    assert not set(sent[0]) & set(sent[1]), "seen before, it would change nothing"


def test_only_the_demo_shows_anything_without_a_login() -> None:
    for name, service in SERVICES.items():
        open_ = [key for key in service.get("environment", {}) if "ANONYMOUS" in key]
        assert bool(open_) == (name == "viewer")
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {
        "demo",
        "viewer",
    }
    viewer = SERVICES["viewer"]
    assert viewer["profiles"] == ["demo"]
    assert viewer["environment"]["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert SERVICES["grafana"]["environment"].items() <= viewer["environment"].items()


@pytest.mark.parametrize("name", ["kafka", "clickhouse", "worker", "grafana", "viewer"])
def test_what_runs_on_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_kafka_is_one_node_without_zookeeper() -> None:
    kafka = SERVICES["kafka"]["environment"]
    assert kafka["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    listeners = dict(re.findall(r"(\w+)://[^:]*:(\d+)", kafka["KAFKA_LISTENERS"]))
    advertised = dict(re.findall(r"(\w+)://([^,]+)", kafka["KAFKA_ADVERTISED_LISTENERS"]))
    assert advertised["INTERNAL"] == "kafka:9092" and listeners["INTERNAL"] == "9092"
    (port,) = SERVICES["kafka"]["ports"]
    assert port == f"{advertised['EXTERNAL']}:{listeners['EXTERNAL']}"
    assert kafka["KAFKA_LOG_DIRS"] in SERVICES["kafka"]["volumes"][0]


def test_the_example_lists_every_variable_with_its_default() -> None:
    example = dict(
        line.split("=", 1) for line in read(".env.example").splitlines() if re.match(r"\w+=", line)
    )
    assert example == dict(DEFAULT.findall(read("compose.yaml")))
    assert "$" not in DEFAULT.sub("", read("compose.yaml")).replace("$$", "")


@pytest.mark.parametrize("name", SERVICES)
def test_mounted_files_and_volumes_are_there(name: str) -> None:
    for mount in SERVICES[name].get("volumes", []):
        source, target, *_ = mount.split(":")
        assert target.startswith("/")
        assert (
            (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        )


def test_the_dockerfile_copies_what_is_there_and_runs_as_nobody_special() -> None:
    dockerfile, allowed = read("Dockerfile"), read("Dockerfile.dockerignore")
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, flags=re.MULTILINE)
    for source in " ".join(copied).split():
        assert (DEPLOY.parent / source).exists()
        assert f"!{source}\n" in allowed
    assert "\nUSER cjm\n" in dockerfile


def test_grafana_provisions_what_the_dashboards_ask() -> None:
    (source,) = yaml("grafana/provisioning/datasources/clickhouse.yaml")["datasources"]
    pushed = DataSource(host="$CJM_CLICKHOUSE_HOST", username="$CJM_GRAFANA_CH_USER").body()
    assert (source["uid"], source["type"]) == (NAME, PLUGIN)
    assert source["jsonData"] == pushed["jsonData"]
    wanted = set(re.findall(r"\$(\w+)", read("grafana/provisioning/datasources/clickhouse.yaml")))
    assert wanted - {"NAMES"} <= set(SERVICES["grafana"]["environment"])


def test_grafana_finds_the_dashboards_and_the_plugin() -> None:
    (provider,) = yaml("grafana/provisioning/dashboards/cjm.yaml")["providers"]
    assert (provider["folder"], provider["folderUid"]) == (FOLDER, FOLDER_UID)
    mounts = [mount.split(":")[1] for mount in SERVICES["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounts
    plugin = SERVICES["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"]
    assert re.fullmatch(PLUGIN + r"@4\.(1[5-9]|[2-9]\d)\.\d+", plugin)


def test_the_reader_may_read_every_view_and_nothing_else() -> None:
    granted = dict(
        re.fullmatch(r"GRANT SELECT(\(.*\))? ON cjm\.(\w+)", query).group(2, 1)  # type: ignore[union-attr]
        for query in _grants("cjm_grafana")
    )
    assert set(granted) == VIEWS
    limited = {view: columns for view, columns in granted.items() if columns}
    assert set(limited) == {"dead_letters"}
    view = (SQL / "views" / "dead_letters.sql").read_text(encoding="utf-8")
    declared = re.findall(r"^    (\w+)\s.* COMMENT '", view, flags=re.MULTILINE)
    given = re.findall(r"\w+", limited["dead_letters"] or "")
    assert set(given) == set(declared) - {"key", "headers", "value"}


def test_the_engine_knows_the_grants(lab: Lab) -> None:
    for user in ("cjm", "cjm_grafana"):
        for grant in _grants(user):
            assert lab.warehouse.query(f"EXPLAIN AST {grant} TO somebody").rows


@pytest.mark.parametrize(("file", "user"), [("reader", "cjm_grafana"), ("writer", "cjm")])
def test_the_roles_are_the_users(lab: Lab, file: str, user: str) -> None:
    """Users in ClickHouse or in users.xml: they may do the same, within the same limits."""
    statements = _statements(file)
    for statement in statements:
        assert lab.warehouse.query(f"EXPLAIN AST {statement}").rows
    granted = [s.removesuffix(f" TO cjm_{file}") for s in statements if s.startswith("GRANT")]
    assert granted == _grants(user)
    (profile,) = (s for s in statements if s.startswith("CREATE SETTINGS PROFILE"))
    in_file = dict(re.findall(r"(\w+) = '?(\w+)'?", profile))
    xml = _users().find(f"profiles/cjm_{file}")
    assert xml is not None
    assert in_file == {one.tag: one.text for one in xml if one.tag != "constraints"}


def _statements(name: str) -> list[str]:
    lines = read(f"clickhouse/{name}.sql").splitlines()
    bare = " ".join(line.strip() for line in lines if not line.startswith("--"))
    return [statement.strip() for statement in bare.split(";") if statement.strip()]


def test_the_reader_changes_nothing_but_the_time_limit() -> None:
    profile = _users().find("profiles/cjm_reader")
    assert profile is not None and profile.findtext("readonly") == "1"
    (constraint,) = profile.find("constraints") or ()
    assert constraint.tag == "max_execution_time"
    assert constraint.find("changeable_in_readonly") is not None
    improvements = ElementTree.fromstring(read("clickhouse/config.xml"))
    path = "access_control_improvements/settings_constraints_replace_previous"
    assert improvements.findtext(path) == "true"


def test_views_shield_the_tables_under_them() -> None:
    """Else the reader would need a right to every table: see config.xml."""
    assert _users().findtext("profiles/cjm_writer/default_normal_view_sql_security") == "DEFINER"
    config = ElementTree.fromstring(read("clickhouse/config.xml"))
    assert config.findtext("ignore_empty_sql_security_in_create_view_query") == "false"


def test_the_users_are_those_compose_speaks_of() -> None:
    users = _users().find("users")
    assert users is not None
    assert {user.tag for user in users} == {"cjm", "cjm_grafana"}
    assert SERVICES["grafana"]["environment"]["CJM_GRAFANA_CH_USER"] == "cjm_grafana"
    for user in users:
        (password,) = user.findall("password")
        assert password.get("from_env") in SERVICES["clickhouse"]["environment"]
    assert _grants("cjm") == ["GRANT ALL ON cjm.*"]


def _users() -> ElementTree.Element:
    return ElementTree.fromstring(read("clickhouse/users.xml"))


def _grants(user: str) -> list[str]:
    return [query.text or "" for query in _users().findall(f"users/{user}/grants/query")]


def _demo_lines() -> list[str]:
    *_, script = SERVICES["demo"]["command"]
    lines = [line.strip() for line in script.splitlines()]
    return [line for line in lines if line.startswith("cjm ")]
