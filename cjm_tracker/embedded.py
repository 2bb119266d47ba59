"""The embedded default: broker, real Faust worker and engine on one machine, without Docker.

The worker is the same command an installation runs (`faust -A streams.app worker`), as a child
process; it holds the embedded warehouse while it runs, so this process opens it afterwards.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cjm_tracker.broker import Broker, Position, Sent, committed
from cjm_tracker.errors import WorkerError
from cjm_tracker.events import SOURCES
from cjm_tracker.mapping import mapping_file
from cjm_tracker.settings import Settings

STOP_S = 20.0
# Lower than an installation's: on one machine a group need not wait for distant members.
LOCAL_TIMEOUTS = {"CJM_SESSION_TIMEOUT_S": "6", "CJM_REBALANCE_TIMEOUT_S": "1"}


class Worker:
    """A running Faust worker."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, settings: Settings) -> None:
        self._process = process
        self._settings = settings
        self.log = log

    @property
    def groups(self) -> list[str]:
        """The consumer groups it reads with."""
        return [self._settings.group_of(source) for source in SOURCES]

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def check(self) -> None:
        """Raise when it has ended by itself."""
        status = self._process.poll()
        if status is not None:
            raise WorkerError(f"the worker ended with status {status}:\n{self._last_words()}")

    def wait_until_read(
        self,
        broker: Broker,
        ends: Mapping[Position, int],
        progress: Callable[[int], None] = lambda remaining: None,
        stall_s: float = 120.0,
    ) -> None:
        """Return when every partition is read and committed up to its end.

        The broker's own high-water marks are not asked: the embedded one reports them too low.
        """
        last, since = -1, time.monotonic()
        while True:
            self.check()
            reached = committed(broker, self.groups)
            remaining = sum(max(0, end - reached.get(place, 0)) for place, end in ends.items())
            progress(remaining)
            if remaining == 0:
                return
            if remaining != last:
                last, since = remaining, time.monotonic()
            elif time.monotonic() - since > stall_s:
                raise WorkerError(
                    f"the worker stands still with {remaining} records unread for {stall_s:.0f} s:"
                    f"\n{self._last_words()}"
                )
            time.sleep(0.25)

    def stop(self) -> int:
        """Ask it to end after the batch at hand; returns its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                # Safe: what is not committed will be read again and counted once.
                self._process.kill()
        return self._process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-15:]) + f"\n  (whole log: {self.log})"


@contextmanager
def worker(
    settings: Settings,
    broker: Broker,
    log: Path,
    environment: Mapping[str, str] | None = None,
    **popen: Any,
) -> Iterator[Worker]:
    """Run a worker on `broker` with these settings; it is stopped at the end.

    `popen`: further arguments of `Popen`.
    """
    given = {
        **broker.environment,
        "CJM_WAREHOUSE": settings.warehouse.get_secret_value(),
        "CJM_WAREHOUSE_ALLOW_CLEARTEXT": str(settings.warehouse_allow_cleartext),
        "CJM_TOPIC_PREFIX": settings.topic_prefix,
        "CJM_GROUP": settings.group,
        "CJM_BATCH_RECORDS": str(settings.batch_records),
        "CJM_HEALTH": "off",
        "CJM_STITCH_EVERY_S": str(settings.stitch_every_s),
    }
    if settings.mapping:
        given["CJM_MAPPING"] = str(mapping_file(settings.mapping).resolve())
    if settings.given_key:
        given["CJM_PII_KEY"] = settings.given_key
    command = [sys.executable, "-m", "faust", "-A", "streams.app", "worker", "-l", "info"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **LOCAL_TIMEOUTS, **given, **(environment or {})},
            **popen,
        )
    running = Worker(process, log, settings)
    try:
        yield running
    finally:
        running.stop()


def load_and_wait(
    settings: Settings,
    broker: Broker,
    sending: Callable[[], Sent],
    progress: Callable[[int], None] = lambda remaining: None,
) -> Sent:
    """Run a worker, send, wait until all is stored, and stop the worker again."""
    handle, name = tempfile.mkstemp(prefix="cjm-worker-", suffix=".log")
    os.close(handle)
    log = Path(name)
    with worker(settings, broker, log) as running:
        sent = sending()
        running.wait_until_read(broker, sent.ends, progress)
        status = running.stop()
    if status not in (0, -signal.SIGKILL):
        raise WorkerError(f"the worker ended with status {status}, see {log}")
    log.unlink()
    return sent
