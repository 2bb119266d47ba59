"""What ends a worker: a task that dies by itself would stand still unseen."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import faust
import structlog

from streams.app import app, runtime

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def or_crash(service: faust.Service, name: str) -> AsyncIterator[None]:
    """Run a service's task; what it raises ends the worker, unless that stops anyway."""
    try:
        yield
    except Exception as error:
        # What a task works with is closed under it then, or a wait was cut off. The tracker is
        # told to stop a moment before its services are.
        if service.should_stop or runtime.stopping.is_set():
            return
        log.error("stopped", source=name, error=f"{type(error).__name__}: {error}"[:500])
        await app.crash(error)
