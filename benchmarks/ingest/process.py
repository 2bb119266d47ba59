"""What the contenders' processes share: settings, a warehouse, the collector, a way to end."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse, connect, migrate

# Of those that commit by time; oftener takes time from the agent.
COMMIT_S = 1.0


def settings() -> Settings:
    """As the one who started the process gave them in the environment."""
    return load_settings()


@contextmanager
def opened(given: Settings) -> Iterator[Warehouse]:
    """The contender's own warehouse, with our schema."""
    with connect(given.warehouse.get_secret_value()) as warehouse:
        migrate(warehouse)
        yield warehouse


def tuned() -> None:
    """Let the garbage collector leave alone what was loaded, and come rarely: the same for all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)


def until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` and cancel it when the process is asked to end."""

    async def run() -> None:
        task = asyncio.ensure_future(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
