"""`cjm up` on a warehouse: at most one at a time, and where it is found by others."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cjm_tracker.errors import ConfigError

# A worker whose `cjm up` was killed needs that long to let go of the warehouse.
PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class Running:
    """Where it listens: host:port. `sql` and `page` are of HTTP."""

    process: int
    broker: str
    topic_prefix: str
    sql: str
    page: str


class Claim:
    """The right to run on a warehouse. It is held by whoever inherits `descriptor`, too."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def announce(self, running: Running) -> None:
        """Let others find it."""
        _write(self.descriptor, json.dumps(asdict(running)))


@contextmanager
def claimed(directory: Path, patience_s: float = PATIENCE_S) -> Iterator[Claim]:
    """The right to run on this warehouse; a ConfigError says who has it.

    It is the engine that keeps two processes apart; this says so before anything is started.
    """
    place = beside(directory)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigError(f"{place}: {error.strerror}") from None
    try:
        _lock(descriptor, directory, patience_s)
        _write(descriptor, "")
        yield Claim(descriptor)
        _write(descriptor, "")
    finally:
        os.close(descriptor)


def found(directory: Path) -> Running | None:
    """What runs on this warehouse now."""
    try:
        with beside(directory).open("rb") as file:
            if not _is_locked(file.fileno()):
                return None  # killed: nobody has tidied up
            return Running(**json.load(file))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def beside(directory: Path, ending: str = "up") -> Path:
    """A file of its own, beside the warehouse, in which only the engine may write."""
    return directory.with_name(f"{directory.name}.{ending}")


def _lock(descriptor: int, directory: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not _try_lock(descriptor):
        holder = found(directory)
        if holder and _is_alive(holder.process) or time.monotonic() > until:
            who = f"process {holder.process}" if holder else "another process"
            raise ConfigError(
                f"cjm up runs on {directory} already ({who}): stop that one, or name another "
                "directory with --warehouse chdb:///DIR"
            )
        time.sleep(0.1)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False  # ours, shared, ends when the file is closed


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
