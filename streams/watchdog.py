"""The watchdog: a thread that ends a worker which stands still, or does not end when asked to.

A thread, because what stands still may be the event loop; `os._exit`, because nothing else can
be relied on then. What was not committed is read again by whoever comes next.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable

import structlog

from cjm_tracker.errors import WorkerError
from streams.health import Health

log = structlog.get_logger()

LOOKS_EVERY_S = 1.0


def verdict(health: Health, now: float, stop_within_s: float) -> str:
    """Why the worker is to be ended at once; empty while it is not."""
    if health.stop_asked_at is not None:
        late = now - health.stop_asked_at > stop_within_s
        return f"not stopped within {stop_within_s:.0f} s" if late else ""
    return health.stuck(now)


def watch(
    health: Health,
    stop_within_s: float,
    *,
    end: Callable[[int], object] = os._exit,
    clock: Callable[[], float] = time.monotonic,
) -> threading.Thread:
    """Start watching; the thread dies with the process."""

    def run() -> None:
        while True:
            time.sleep(LOOKS_EVERY_S)
            if reason := verdict(health, clock(), stop_within_s):
                log.error("ended by the watchdog", reason=reason)
                with contextlib.suppress(Exception):  # nothing may keep it from ending
                    # Not sys.stderr: Faust puts its log there, which is no file.
                    faulthandler.dump_traceback(sys.__stderr__ or 2)
                end(WorkerError.exit_code)
                return

    thread = threading.Thread(target=run, name="watchdog", daemon=True)
    thread.start()
    return thread
