"""Where a worker says how it is: /healthz, /readyz and /metrics, on loopback unless told otherwise.

`/healthz` fails when the worker is stuck and should be started anew; `/readyz` while it does not
read or waits for the warehouse, which a new start would not help.
"""

from __future__ import annotations

import time

import orjson
import structlog
from aiohttp import web

from streams import metrics
from streams.health import Health
from streams.runtime import Runtime

log = structlog.get_logger()


def health_server(runtime: Runtime) -> HealthServer | None:
    """The server the settings ask for."""
    if runtime.settings.health == "off":
        return None
    host, _, port = runtime.settings.health.rpartition(":")
    return HealthServer(runtime.health, host.strip("[]"), int(port))


class HealthServer:
    """Listens at `host:port` from `start` to `stop`."""

    def __init__(self, health: Health, host: str, port: int) -> None:
        self._health = health
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; a taken port is said in the log, and the worker goes on without."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self.stop()
            # A second worker on this machine, say: its records matter more.
            log.error("no health page: CJM_HEALTH cannot be listened at", host=self._host,
                      port=self._port, error=error.strerror)  # fmt: skip
        else:
            log.info("health", url=f"http://{self._host}:{self._port}/healthz")

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, request: web.Request) -> web.Response:
        return self._answer(is_well=not self._health.stuck(time.monotonic()))

    async def _readyz(self, request: web.Request) -> web.Response:
        return self._answer(is_well=self._health.is_ready())

    def _answer(self, *, is_well: bool) -> web.Response:
        return web.Response(
            body=orjson.dumps(self._health.report(time.monotonic())),
            status=200 if is_well else 503,
            content_type="application/json",
        )

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(
            body=metrics.exposition(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )
