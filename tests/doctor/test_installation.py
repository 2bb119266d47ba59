from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.doctor.installation import (
    checksums,
    kept_key,
    key_finding,
    mapping_of,
    python,
    settings_of,
)
from cjm_tracker.settings import Settings

CANARY = "canary-of-personal-data"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "status"), [((3, 11, 0), "ok"), ((3, 14, 1), "ok"), ((3, 10, 9), "fail")]
)
def test_python_is_new_enough(version: tuple[int, ...], status: str) -> None:
    assert python(version).status == status


def test_slow_checksums_are_a_warning() -> None:
    assert checksums(True).status == "ok"
    assert checksums(False).fix == "pip install crc32c"


def test_every_wrong_setting_is_a_line() -> None:
    loaded, found = settings_of({"partitions": 0, "replication": 99})
    assert loaded is None
    assert [one.status for one in found] == ["fail", "fail"]
    assert "CJM_PARTITIONS" in found[0].found and "CJM_REPLICATION" in found[1].found


def test_settings_are_named_and_not_shown() -> None:
    loaded, (found,) = settings_of({"pii_key": CANARY})
    assert loaded is not None and "CJM_PII_KEY" in found.found
    assert CANARY not in found.found


def test_the_mapping_is_told_with_its_version(tmp_path: Path) -> None:
    mapping, (found,) = mapping_of(settings())
    assert mapping is not None and found.status == "ok"
    assert "the preset retail.yaml, version retail" in found.found
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: a\n")
    mapping, lines = mapping_of(settings(mapping=wrong))
    assert mapping is None and {one.status for one in lines} == {"fail"}
    assert all(one.fix == f"cjm mapping check {wrong}" for one in lines)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"pii_key": CANARY}, "ok"),
        ({"pii_key": "canary"}, "fail"),
        ({"warehouse": "clickhouse://cjm:canary@127.0.0.1:1/cjm"}, "fail"),
        ({"warehouse": "clickhouse://cjm:canary@127.0.0.1:1/cjm", "pii_key": CANARY}, "ok"),
        ({"warehouse": "canary://"}, "fail"),
    ],
)
def test_a_key_is_long_enough_and_given_to_a_server(given: dict[str, str], status: str) -> None:
    found = key_finding(settings(**given))
    assert found.status == status
    assert "canary" not in found.found + found.fix


def test_a_kept_key_is_its_owners_alone(tmp_path: Path) -> None:
    directory, file = tmp_path / "data", tmp_path / "data.identity.key"
    assert kept_key(directory, file).status == "skipped"
    directory.mkdir()
    assert "is gone" in kept_key(directory, file).found
    file.write_text("k" * 32)
    for mode, status in ((0o600, "ok"), (0o400, "ok"), (0o640, "warn"), (0o644, "warn")):
        file.chmod(mode)
        assert kept_key(directory, file).status == status
    assert kept_key(directory, file).fix == f"chmod 600 {file}"
