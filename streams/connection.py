"""The warehouse connection's life: opened before the processors start, closed after they end."""

from __future__ import annotations

import faust

from streams.app import app, runtime


@app.service
class Connection(faust.Service):  # type: ignore[misc]
    """Opens the warehouse and brings its schema to this version; waits while it is away."""

    async def on_start(self) -> None:
        await runtime.open()

    async def on_stop(self) -> None:
        await runtime.close()
