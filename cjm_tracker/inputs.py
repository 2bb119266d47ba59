"""Log files as users have them: plain, gzip, bzip2 or xz, or standard input."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any, BinaryIO, cast

from cjm_tracker.errors import InputError
from cjm_tracker.sources import Format, framing

MAGIC: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
LONGEST_MAGIC = max(map(len, MAGIC))


@dataclass(frozen=True, slots=True)
class LogFile:
    """An open log: its name, a digest of its content, and its bytes as they lie on disk."""

    name: str
    digest: str
    raw: IO[bytes]

    def frames(self, format_: Format) -> Iterator[tuple[bytes, int]]:
        """Each record with the number of equal ones before it, 0 where equal ones are one event."""
        self.raw.seek(0)
        try:
            frames = format_.frames(_unpacked(self.raw))
            if format_.repeats:
                yield from framing.numbered(frames)
            else:
                yield from ((frame, 0) for frame in frames)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise InputError(
                f"{self.name}: cannot be read to its end: {error}. What came before is loaded; "
                "loading the mended file again counts nothing twice"
            ) from error


def open_logs(names: Sequence[str], stack: ExitStack) -> list[LogFile]:
    """Open all files before the first is read, so that a wrong name leaves nothing half done."""
    return [_open(name, stack) for name in names]


def _open(name: str, stack: ExitStack) -> LogFile:
    if name == "-":
        raw: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        copyfileobj(sys.stdin.buffer, raw)
        raw.seek(0)
        name = "stdin"
    else:
        try:
            raw = stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    return LogFile(Path(name).name, hashlib.file_digest(raw, "sha256").hexdigest()[:12], raw)  # type: ignore[arg-type]


def _unpacked(raw: IO[bytes]) -> BinaryIO:
    start = raw.read(LONGEST_MAGIC)
    raw.seek(0)
    for magic, opener in MAGIC.items():
        if start.startswith(magic):
            return cast(BinaryIO, opener(raw, "rb"))
    return cast(BinaryIO, raw)
