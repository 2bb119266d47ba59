"""The SQL interface of a worker, beside a test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cjm_tracker.broker.tansu import free_port
from cjm_tracker.warehouse.reader import Reader
from streams.listener import Listener
from streams.sql import SqlInterface


@contextmanager
def served(make: type[SqlInterface], *given: Reader) -> Iterator[int]:
    """A port where it listens, in a loop of its own."""
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: object) -> object:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)  # type: ignore[arg-type]

    async def start() -> Listener:
        listener = make(*given).listener(f"127.0.0.1:{port}")
        await listener.start()
        return listener

    listener = run(start())
    assert isinstance(listener, Listener)
    try:
        yield port
    finally:
        run(listener.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
