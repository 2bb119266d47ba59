"""The services of a worker: they start when the warehouse is open, and stop before it closes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence

import faust

from streams import control  # noqa: F401 - its agent registers itself
from streams.app import app, runtime
from streams.call_centre import CallCentre
from streams.crm import Crm
from streams.lag import LagKeeper
from streams.listener import Listener
from streams.live import listening
from streams.stitcher import Stitcher
from streams.store import Store
from streams.survey import Survey
from streams.watchdog import watch
from streams.web import HealthServer, health_server
from streams.website import Website

PROCESSORS = (Website, CallCentre, Store, Survey, Crm)


@app.service
class Tracker(faust.Service):  # type: ignore[misc]
    """Owns the warehouse connection; the processors are its children, so that the order holds."""

    _server: HealthServer | None = None
    _listeners: Sequence[Listener] = ()

    def on_init_dependencies(self) -> Iterable[faust.Service]:
        services = (*PROCESSORS, Stitcher, LagKeeper)
        return [service(loop=self.loop, beacon=self.beacon) for service in services]

    async def on_start(self) -> None:
        """Open the warehouse and bring its schema to this version; wait while it is away."""
        health = runtime.health
        health.beat_at = time.monotonic()
        health.expect((processor.source for processor in PROCESSORS), health.beat_at)
        watch(health, runtime.settings.stop_within_s)
        self._server = health_server(runtime)
        if self._server:
            await self._server.start()
        await runtime.open()
        self._listeners = await listening(runtime)

    @faust.Service.task
    async def _beating(self) -> None:
        while True:
            runtime.health.beat_at = time.monotonic()
            await asyncio.sleep(1)

    async def on_stop(self) -> None:
        runtime.health.stop_asked_at = time.monotonic()
        runtime.stopping.set()

    async def on_shutdown(self) -> None:
        for listener in self._listeners:
            await listener.stop()
        await runtime.close()
        if self._server:
            await self._server.stop()
