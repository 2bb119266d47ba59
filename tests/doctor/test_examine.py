from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from cjm_tracker.doctor import Finding, examine
from cjm_tracker.doctor.examine import Side
from cjm_tracker.doctor.finding import guarded, numbers, ok
from cjm_tracker.errors import WarehouseUnavailable


def statuses(found: list[Finding]) -> dict[str, str]:
    return {one.check: one.status for one in found}


def test_wrong_settings_stop_only_what_needs_them() -> None:
    found = statuses(examine({"partitions": 0}, lambda: 0))
    assert found == {
        "python": "ok", "crc32c": "ok", "settings": "fail", "broker": "skipped",
        "warehouse": "skipped", "grafana": "skipped",
    }  # fmt: skip


def test_a_slow_check_is_the_last_of_its_subject() -> None:
    def look() -> Iterator[Finding]:
        yield ok("first", "")
        time.sleep(0.05)
        yield ok("slow", "")
        yield ok("never", "")

    found = Side("subject", look, patience_s=0.02).told()
    assert statuses(found) == {"first": "ok", "slow": "ok", "subject": "fail"}


def test_a_check_that_hangs_is_not_waited_for() -> None:
    release = time.monotonic() + 0.3

    def look() -> Iterator[Finding]:
        yield ok("first", "")
        time.sleep(max(0.0, release - time.monotonic()))

    found = Side("subject", look, patience_s=0.02, longer_s=0.02).told()
    assert time.monotonic() < release
    assert statuses(found) == {"first": "ok", "subject": "fail"}


def test_what_nobody_foresaw_is_told_without_its_text() -> None:
    def look() -> Iterator[Finding]:
        yield ok("first", "")
        raise RuntimeError("canary")

    first, last = Side("subject", look).told()
    assert first.status == "ok" and last.status == "fail"
    assert "RuntimeError" in last.found and "canary" not in last.found


def test_a_check_that_cannot_be_made_is_a_warning() -> None:
    def look() -> Iterator[Finding]:
        raise WarehouseUnavailable("warehouse w: away\nfor long")
        yield

    (found,) = guarded("stitch", look())
    assert (found.check, found.status) == ("stitch", "warn")
    assert found.found == "not known: warehouse w: away; for long"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("26.9.6.6", (26, 9, 6, 6)), ("v11.6.0", (11, 6, 0)), ("12.0.0-pre", (12, 0, 0)), ("x", ())],
)
def test_versions_compare_as_numbers(written: str, expected: tuple[int, ...]) -> None:
    assert numbers(written) == expected
