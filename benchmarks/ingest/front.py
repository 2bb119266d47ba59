"""The engine in a process of its own, behind the HTTP front the tests use: one request at a time.

It stands for a ClickHouse server where a worker is to be looked at without the engine in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def front(directory: Path) -> Iterator[str]:
    """Run it on `directory`; gives the warehouse's DSN."""
    from tests.warehouse.servers import Server  # it imports the engine

    server = Server(directory)
    try:
        server.start()
        yield server.dsn()
    finally:
        server.kill()
