from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from cjm_tracker.errors import InputError
from cjm_tracker.inputs import open_logs
from cjm_tracker.sources import format_named

APACHE, CALLS = format_named("apache_combined"), format_named("seelab_calls")
LOG = b"one\ntwo\none\n"


def frames(path: str | Path, format_=APACHE) -> list[tuple[bytes, int]]:
    with ExitStack() as stack:
        (log,) = open_logs([str(path)], stack)
        return list(log.frames(format_))


@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, bz2.compress, lzma.compress],
    ids=["plain", "gzip", "bzip2", "xz"],
)
def test_a_log_is_read_however_it_is_packed(tmp_path: Path, pack: Callable) -> None:
    (tmp_path / "log").write_bytes(pack(LOG))
    assert [frame for frame, _ in frames(tmp_path / "log")] == [b"one", b"two", b"one"]


def test_a_name_does_not_decide_how_a_log_is_packed(tmp_path: Path) -> None:
    (tmp_path / "log.gz").write_bytes(LOG)
    assert len(frames(tmp_path / "log.gz")) == 3


def test_equal_records_are_numbered_where_equal_ones_are_two_events(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(LOG)
    assert frames(tmp_path / "log") == [(b"one", 0), (b"two", 0), (b"one", 1)]


def test_equal_records_are_not_numbered_where_they_are_one_event(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(LOG)
    assert {number for _, number in frames(tmp_path / "log", CALLS)} == {0}


def test_a_log_can_be_read_twice(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(LOG)
    with ExitStack() as stack:
        (log,) = open_logs([str(tmp_path / "log")], stack)
        assert list(log.frames(APACHE)) == list(log.frames(APACHE))


def test_a_digest_tells_files_of_one_name_apart(tmp_path: Path) -> None:
    digests = set()
    for content in (LOG, LOG + b"x"):
        (tmp_path / "log").write_bytes(content)
        with ExitStack() as stack:
            digests.add(open_logs([str(tmp_path / "log")], stack)[0].digest)
    assert len(digests) == 2


def test_an_empty_log_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"")
    assert frames(tmp_path / "log") == []


def test_standard_input_is_a_log_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LOG))))
    assert len(frames("-")) == 3


def test_a_missing_file_is_named_before_any_is_read(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(LOG)
    with ExitStack() as stack, pytest.raises(InputError, match="nowhere: cannot be read: No such"):
        open_logs([str(tmp_path / "log"), str(tmp_path / "nowhere")], stack)


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with ExitStack() as stack, pytest.raises(InputError, match="cannot be read"):
        open_logs([str(tmp_path)], stack)


def test_a_packed_log_that_is_cut_off_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    lines = b"".join(b"%d %s\n" % (n, bytes([33 + n % 90]) * (n % 70)) for n in range(60_000))
    packed = gzip.compress(lines)
    (tmp_path / "log").write_bytes(packed[: len(packed) * 3 // 4])
    found = []
    with ExitStack() as stack, pytest.raises(InputError, match="cannot be read to its end"):
        (log,) = open_logs([str(tmp_path / "log")], stack)
        for frame, _ in log.frames(APACHE):
            found.append(frame)
    assert found and found[0].startswith(b"0 ")


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"]
)
@pytest.mark.parametrize("kept", [6, 20, -1])
def test_a_packed_log_that_is_cut_off_is_never_taken_for_whole(
    tmp_path: Path, pack: Callable, kept: int
) -> None:
    (tmp_path / "log").write_bytes(pack(LOG * 100)[:kept])
    with pytest.raises(InputError, match="cannot be read to its end"):
        frames(tmp_path / "log")


@pytest.mark.parametrize("where", [5, 200], ids=["its head", "its body"])
def test_a_packed_log_that_is_damaged_is_refused(tmp_path: Path, where: int) -> None:
    packed = bytearray(gzip.compress(bytes(range(33, 127)) * 50 + b"\n", mtime=0) * 3)
    packed[where % len(packed)] ^= 0xFF
    packed[-6] ^= 0xFF
    (tmp_path / "log").write_bytes(bytes(packed))
    with pytest.raises(InputError, match="cannot be read to its end"):
        frames(tmp_path / "log")
