from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cjm_tracker.errors import ConfigError
from cjm_tracker.keys import identity_key


def test_a_given_key_is_used_as_it_is(tmp_path: Path) -> None:
    assert identity_key("0123456789abcdef", tmp_path / "data") == b"0123456789abcdef"


def test_a_given_key_is_written_nowhere(tmp_path: Path) -> None:
    identity_key("0123456789abcdef", tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        identity_key("hunter2", tmp_path / "data")
    assert "CJM_PII_KEY" in str(caught.value) and "hunter2" not in str(caught.value)


def test_a_server_needs_a_key_that_is_given() -> None:
    with pytest.raises(ConfigError, match="CJM_PII_KEY is not set"):
        identity_key(None, None)


def test_a_key_that_was_made_is_found_again(tmp_path: Path) -> None:
    assert identity_key(None, tmp_path / "data") == identity_key(None, tmp_path / "data")


def test_two_warehouses_have_two_keys(tmp_path: Path) -> None:
    assert identity_key(None, tmp_path / "one") != identity_key(None, tmp_path / "two")


def test_a_key_lies_beside_the_warehouse_not_in_it(tmp_path: Path) -> None:
    # The engine refuses a directory that holds other files.
    identity_key(None, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_only_the_owner_can_read_a_key(tmp_path: Path) -> None:
    identity_key(None, tmp_path / "data")
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_key_that_was_made_is_long_enough(tmp_path: Path) -> None:
    assert len(identity_key(None, tmp_path / "data")) >= 32
