from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no .env file of the machine that runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CJM_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    assert load_settings().warehouse.get_secret_value() == "chdb:///cjm-data"


def test_a_variable_sets_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJM_BATCH_RECORDS", "17")
    assert load_settings().batch_records == 17


def test_an_env_file_sets_too() -> None:
    Path(".env").write_text("CJM_GROUP=from-file\nOTHER=1\n")
    assert load_settings().group == "from-file"


def test_a_variable_stands_above_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("CJM_GROUP=from-file\n")
    monkeypatch.setenv("CJM_GROUP", "from-variable")
    assert load_settings().group == "from-variable"


def test_what_is_given_stands_above_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJM_GROUP", "from-variable")
    assert load_settings(group="given").group == "given"


def test_none_means_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJM_GROUP", "from-variable")
    assert load_settings(group=None).group == "from-variable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CJM_PARTITIONS", "many"),
        ("CJM_PARTITIONS", "0"),
        ("CJM_BATCH_RECORDS", "1000000"),
        ("CJM_BATCH_WAIT_S", "-1"),
        ("CJM_BATCH_WAIT_S", "nan"),
        ("CJM_TOPIC_PREFIX", "two words"),
        ("CJM_TOPIC_PREFIX", ""),
        ("CJM_LOG_LEVEL", "loud"),
        ("CJM_SESSION_TIMEOUT_S", "1"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{name}: "):
        load_settings()


def test_every_bad_value_has_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJM_PARTITIONS", "many")
    monkeypatch.setenv("CJM_LOG_LEVEL", "loud")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "CJM_PARTITIONS", "CJM_LOG_LEVEL"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("warehouse", "clickhouses://cjm:hunter2@db.example/cjm"),
        ("pii_key", "hunter2-hunter2"),
        ("kafka_password", "hunter2"),
        ("kafka_key_password", "hunter2"),
    ],
)
def test_secrets_are_not_shown(name: str, value: str) -> None:
    settings = load_settings(**{name: value})
    shown = [repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())]
    assert not any("hunter2" in text for text in shown)


@pytest.mark.parametrize("host", ["db.example", "10.0.0.1", "clickhouse:8123"])
def test_a_warehouse_in_clear_text_off_this_machine_is_refused(host: str) -> None:
    dsn = f"clickhouse://cjm:hunter2@{host}/cjm"
    with pytest.raises(ConfigError, match="^CJM_WAREHOUSE: .* clickhouses://") as caught:
        load_settings(warehouse=dsn)
    assert "hunter2" not in str(caught.value)
    assert load_settings(warehouse=dsn, warehouse_allow_cleartext=True)
    assert load_settings(warehouse=dsn.replace("clickhouse://", "clickhouses://"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8123", "[::1]:8123"])
def test_a_warehouse_in_clear_text_on_this_machine_is_not(host: str) -> None:
    assert load_settings(warehouse=f"clickhouse://cjm:hunter2@{host}/cjm")


def test_an_empty_setting_of_the_broker_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CA_FILE", "PASSWORD", "PASSWORD_FILE", "SASL_MECHANISM", "USER"):
        monkeypatch.setenv(f"CJM_KAFKA_{name}", "")
    assert load_settings() == Settings(_env_file=None)


def test_a_bad_value_does_not_show_the_secrets_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJM_PII_KEY", "hunter2-hunter2")
    monkeypatch.setenv("CJM_PARTITIONS", "many")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_every_setting_but_the_plainest_says_what_it_is() -> None:
    undescribed = {name for name, field in Settings.model_fields.items() if not field.description}
    assert undescribed <= {"log_level"}
