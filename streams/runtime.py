"""What all processors of one worker share: settings, mapping, and the one warehouse connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from cjm_tracker.broker import Topics
from cjm_tracker.errors import ConfigError, WarehouseUnavailable, WorkerError
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse, connect, migrate, register_mapping
from cjm_tracker.warehouse.client import Address, parse_dsn

Answer = TypeVar("Answer")

log = structlog.get_logger()


def milliseconds() -> int:
    """Now, as ms since 1970: the one place where the worker looks at a clock."""
    return time.time_ns() // 1_000_000


class Runtime:
    """One worker's shared parts. The warehouse is open between `open` and `close`."""

    def __init__(self, settings: Settings, broker: str, mapping: Mapping, key: bytes) -> None:
        self.settings = settings
        self.broker = broker
        self.mapping = mapping
        self.topics = Topics(settings.topic_prefix)
        self.key = key
        self.pipeline = Pipeline(mapping, key)
        self._warehouse: Warehouse | None = None
        # The embedded engine takes one caller at a time, and so do we.
        self._lock = asyncio.Lock()

    @classmethod
    def from_environment(cls) -> Runtime:
        """Read and check everything that can be wrong before the first record is read."""
        settings = load_settings()
        if not settings.broker:
            raise ConfigError("CJM_BROKER is not set: name Kafka's bootstrap servers, host:port")
        if "@" in settings.broker:
            raise ConfigError("CJM_BROKER: credentials do not belong into an address")
        address: Address = parse_dsn(settings.warehouse.get_secret_value())
        mapping = load_mapping(settings.mapping or DEFAULT_MAPPING)
        return cls(
            settings, settings.broker, mapping, identity_key(settings.given_key, address.directory)
        )

    async def open(self) -> None:
        """Open and migrate the warehouse; an absent one is waited for."""
        await self.patiently("connecting", lambda: asyncio.to_thread(self._open))

    def _open(self) -> None:
        warehouse = connect(self.settings.warehouse.get_secret_value())
        try:
            migrate(warehouse)
            version = self.pipeline.version
            register_mapping(warehouse, self.mapping, version, milliseconds())
        except BaseException:
            warehouse.close()
            raise
        self._warehouse = warehouse

    async def with_warehouse(self, work: Callable[[Warehouse], Answer]) -> Answer:
        """Run `work` in a thread, so that the broker goes on hearing from us meanwhile."""
        async with self._lock:
            if self._warehouse is None:
                raise WorkerError("the warehouse is not open")
            return await asyncio.to_thread(work, self._warehouse)

    async def patiently(self, what: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do `work` again and again while the warehouse is away, for as long as settings say."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(WarehouseUnavailable),
            wait=wait_random_exponential(multiplier=0.2, max=30),
            stop=stop_after_delay(self.settings.retry_for_s),
            before_sleep=partial(_waiting, what),
            reraise=True,
        )
        # Not `await retrying(work)`: tenacity awaits only what it knows to be a coroutine function,
        # and would take a lambda's coroutine for the answer.
        async for attempt in retrying:
            with attempt:
                return await work()
        raise AssertionError("tenacity either returns or raises")

    async def close(self) -> None:
        """Let go of the warehouse; an embedded one can then be opened by others."""
        async with self._lock:
            if self._warehouse is not None:
                self._warehouse.close()
                self._warehouse = None


def _waiting(what: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("warehouse away, trying again", doing=what, tries=state.attempt_number,
                error=str(error)[:300])  # fmt: skip
