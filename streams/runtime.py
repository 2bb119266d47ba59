"""What all processors of one worker share: settings, mapping, and the one warehouse connection."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from cjm_tracker.broker import Broker, Topics, check_tls
from cjm_tracker.errors import WarehouseUnavailable, WorkerError
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping, load_mapping, stamp
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse, connect, migrate, register_mapping
from cjm_tracker.warehouse.client import Address, parse_dsn
from streams import metrics
from streams.decoders import Decoders
from streams.health import Health

Answer = TypeVar("Answer")

log = structlog.get_logger()


def milliseconds() -> int:
    """Now, as ms since 1970: the one place where the worker looks at a clock."""
    return time.time_ns() // 1_000_000


class Runtime:
    """One worker's shared parts. The warehouse is open between `open` and `close`."""

    def __init__(self, settings: Settings, kafka: Broker, mapping: Mapping, key: bytes) -> None:
        self.settings = settings
        self.kafka = kafka
        self.mapping = mapping
        self.topics = Topics(settings.topic_prefix)
        self.key = key
        self.version = stamp(mapping)
        self.decoders = Decoders(settings.decoders, mapping, key)
        self.health = Health(settings.stuck_after_s, time.monotonic())
        # Set when the worker is to stop: what waits for the warehouse waits no more.
        self.stopping = asyncio.Event()
        # Set when something was stored that is to be stitched, and when a stitch is asked for.
        self.stored = asyncio.Event()
        self.asked = asyncio.Event()
        # A connection takes one caller at a time. Stitching has its own, so that batches go on.
        self._inserting = Connection()
        self._stitching = Connection()

    @classmethod
    def from_environment(cls) -> Runtime:
        """Read and check everything that can be wrong before the first record is read."""
        settings = load_settings()
        kafka = Broker.of(settings)
        address: Address = parse_dsn(settings.warehouse.get_secret_value())
        mapping = load_mapping(settings.mapping or DEFAULT_MAPPING)
        key = identity_key(settings.given_key, address.directory)
        check_tls(kafka)
        return cls(settings, kafka, mapping, key)

    @property
    def kafka_options(self) -> dict[str, Any]:
        """What every client of ours is opened with: servers, TLS and login."""
        return self.kafka.options

    async def open(self) -> None:
        """Open and migrate the warehouse; an absent one is waited for."""
        await self.patiently("connecting", lambda: asyncio.to_thread(self._open))
        self.health.opened = True

    def _open(self) -> None:
        dsn = self.settings.warehouse.get_secret_value()
        with contextlib.ExitStack() as on_failure:
            # Migrating and stitching may take long, an insert may not.
            patient = on_failure.enter_context(connect(dsn))
            migrate(patient)
            register_mapping(patient, self.mapping, self.version, milliseconds())
            timeout_s = self.settings.warehouse_timeout_s
            self._inserting.warehouse = connect(dsn, timeout_s=timeout_s)
            self._stitching.warehouse = patient
            on_failure.pop_all()

    async def with_warehouse(self, work: Callable[[Warehouse], Answer]) -> Answer:
        """Run `work` in a thread, so that the broker goes on hearing from us meanwhile."""
        return await self._inserting.run(work)

    async def beside(self, work: Callable[[Warehouse], Answer]) -> Answer:
        """Run `work` while batches are being inserted."""
        return await self._stitching.run(work)

    async def patiently(self, what: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do `work` again and again while the warehouse is away, for as long as settings say, or
        until the worker is to stop."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(WarehouseUnavailable),
            # Not longer than a few seconds: it should go on soon after the warehouse is back.
            wait=wait_random_exponential(multiplier=0.2, max=5),
            stop=stop_any(
                stop_after_delay(self.settings.retry_for_s),
                stop_when_event_set(self.stopping),  # type: ignore[arg-type] # is_set() is all
            ),
            sleep=self._rest,
            before_sleep=partial(self._wait_for_it, what),
            reraise=True,
        )
        # Not `await retrying(work)`: tenacity awaits only what it knows to be a coroutine function,
        # and would take a lambda's coroutine for the answer.
        async for attempt in retrying:
            with attempt:
                answer = await work()
                self.health.waiting.discard(what)
                return answer
        raise AssertionError("tenacity either returns or raises")

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    def _wait_for_it(self, what: str, state: RetryCallState) -> None:
        self.health.waiting.add(what)
        metrics.waited(what)
        error = state.outcome.exception() if state.outcome else None
        log.warning("warehouse away, trying again", doing=what, tries=state.attempt_number,
                    error=str(error)[:300])  # fmt: skip

    async def close(self) -> None:
        """Let go of the warehouse; an embedded one can then be opened by others."""
        self.decoders.close()
        await self._stitching.close()
        await self._inserting.close()


class Connection:
    """A connection to the warehouse, for one caller at a time."""

    def __init__(self) -> None:
        self.warehouse: Warehouse | None = None
        self._lock = asyncio.Lock()

    async def run(self, work: Callable[[Warehouse], Answer]) -> Answer:
        """`work`'s answer; it runs in a thread."""
        async with self._lock:
            if self.warehouse is None:
                raise WorkerError("the warehouse is not open")
            return await asyncio.to_thread(work, self.warehouse)

    async def close(self) -> None:
        async with self._lock:
            if self.warehouse is not None:
                self.warehouse.close()
                self.warehouse = None
