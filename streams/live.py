"""What a worker shows while it runs, where the settings ask for it: SQL, and the live page."""

from __future__ import annotations

import structlog

from cjm_tracker.warehouse.client import parse_dsn
from cjm_tracker.warehouse.reader import Reader
from streams.listener import Listener
from streams.page import LivePage
from streams.runtime import Runtime

log = structlog.get_logger()


async def listening(runtime: Runtime) -> list[Listener]:
    """Those that could be started, of a worker whose warehouse is open.

    A taken port is said in the log, and the worker goes on without: its records matter more.
    """
    settings = runtime.settings
    asked = {}
    if settings.sql != "off":
        address = parse_dsn(settings.warehouse.get_secret_value())
        if address.directory:
            # Its compression comes with the embedded engine, which a server's workers do without.
            from streams.sql import SqlInterface

            reader = Reader(address.directory, address.database)
            asked["CJM_SQL"] = SqlInterface(reader).listener(settings.sql)
        else:
            log.error("no SQL interface: CJM_SQL is for an embedded warehouse, ask the server")
    if settings.page != "off":
        asked["CJM_PAGE"] = await LivePage(runtime).listener(settings.page)
    started = []
    for setting, listener in asked.items():
        try:
            await listener.start()
            started.append(listener)
        except OSError as error:
            log.error("cannot be listened at", setting=setting, error=error.strerror)
    return started
