"""The services of a worker: they start when the warehouse is open, and stop before it closes."""

from __future__ import annotations

from collections.abc import Iterable

import faust

from streams import control  # noqa: F401 - its agent registers itself
from streams.app import app, runtime
from streams.call_centre import CallCentre
from streams.crm import Crm
from streams.stitcher import Stitcher
from streams.store import Store
from streams.survey import Survey
from streams.website import Website

SERVICES = (Website, CallCentre, Store, Survey, Crm, Stitcher)


@app.service
class Tracker(faust.Service):  # type: ignore[misc]
    """Owns the warehouse connection; the processors are its children, so that the order holds."""

    def on_init_dependencies(self) -> Iterable[faust.Service]:
        return [service(loop=self.loop, beacon=self.beacon) for service in SERVICES]

    async def on_start(self) -> None:
        """Open the warehouse and bring its schema to this version; wait while it is away."""
        await runtime.open()

    async def on_shutdown(self) -> None:
        await runtime.close()
