"""A page or interface of this machine's own: on loopback, and not for other sites' scripts.

A browser runs pages of strangers beside ours. They cannot read what carries no CORS header, but a
name of theirs may come to mean 127.0.0.1 while they are open: so a request must name this machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from cjm_tracker.settings import is_loopback

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Longer than any question that a person writes; what is longer is no question.
MOST_BYTES = 1 << 20
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Listener:
    """Serves `routes` at `host:port` from `start` to `stop`, which then waits for `on_stop`."""

    def __init__(
        self,
        address: str,
        routes: list[web.RouteDef],
        on_stop: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._on_stop = on_stop
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        app = web.Application(middlewares=[own_only], client_max_size=MOST_BYTES)
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self.stop()
            raise
        log.info("listening", url=f"http://{self._host}:{self._port}/")

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if self._on_stop:
            await self._on_stop()


@web.middleware
async def own_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page asks, by whatever name."""
    if not is_of_this_machine(request.headers.get("Host", "")):
        raise web.HTTPForbidden(text="Host: ask by 127.0.0.1 or localhost\n")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.headers['Host']}":
        raise web.HTTPForbidden(text="Origin: pages of other sites may not ask\n")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise web.HTTPForbidden(text="pages of other sites may not ask\n")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(EVERYWHERE)
    return response


def is_of_this_machine(host: str) -> bool:
    """Whether a Host header names loopback, and not a name that may lead there."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return bool(name) and is_loopback(str(name))
