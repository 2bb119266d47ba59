"""The stream processor: one source's records, in batches, from its topic into the warehouse.

A Faust service with a consumer of its own, not an agent: an agent acknowledges events that it
failed on, and takes each event by itself. Reading, decoding and delivering go on side by side.
What waits between them is bounded, so a slow warehouse stops the reading.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import faust
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from cjm_tracker.errors import RowsRejected
from cjm_tracker.events import Source
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from streams import metrics
from streams.app import runtime
from streams.crash import or_crash
from streams.delivery import Delivery
from streams.parcel import Parcel, Taken
from streams.runtime import milliseconds

log = structlog.get_logger()

LAG_EVERY_S = 2.0


class Processor(faust.Service):  # type: ignore[misc]
    """Takes one source's records in batches. Subclasses name the source."""

    abstract = True
    source: ClassVar[Source]

    async def on_start(self) -> None:
        settings, options = runtime.settings, runtime.kafka_options
        self._topic = runtime.topics.raw(self.source)
        self._in_flight = InFlight()
        self._consumer = consumer(self.source)
        self._producer = AIOKafkaProducer(**options, acks="all", max_request_size=4 << 20)
        self._deliver = Delivery(runtime, self.source, self._consumer, self._producer)
        # Rounds being made into parcels, in their order. One more is being delivered and one
        # being read: no more is held.
        self._packed: asyncio.Queue[asyncio.Task[list[Parcel]]] = asyncio.Queue(
            maxsize=max(1, runtime.decoders.processes)
        )
        self._expected: dict[TopicPartition, int] = {}
        self._kept: dict[TopicPartition, list[Any]] = {}  # polled, and for the next round
        self._assignments = 0  # how often the group has told which partitions are ours
        self._consumer.subscribe(
            [self._topic], listener=_LetGo(self, patience_s=settings.rebalance_timeout_s * 0.8)
        )

    async def on_stop(self) -> None:
        await self._in_flight.landed()
        await self._consumer.stop()
        await self._producer.stop()

    @faust.Service.task
    async def _reading(self) -> None:
        async with self._or_crash():
            # Here, not in on_start: joining a group takes seconds, and sources join side by side.
            await self._producer.start()
            await self._consumer.start()
            log.info("reading", topic=self._topic, group=runtime.settings.group_of(self.source))
            while not self.should_stop:
                await self._read()

    @faust.Service.task
    async def _delivering(self) -> None:
        async with self._or_crash():
            while True:
                parcels = await (await self._packed.get())
                if len(parcels) > 1 and all(parcel.is_refused for parcel in parcels):
                    # As in delivery: then it is not the records that are bad.
                    raise RowsRejected(f"{self.source}: no record of a batch fits its columns")
                for parcel in parcels:
                    # One whose partitions all went away meanwhile is made again elsewhere.
                    if not parcel.offsets.keys().isdisjoint(self._consumer.assignment()):
                        await self._deliver(parcel)
                        runtime.health.progressed(self.source, time.monotonic())
                self._in_flight.leave()

    @faust.Service.task
    async def _measuring(self) -> None:
        """Asks the broker how much is left: the reader alone could not tell that it is stuck."""
        while not self.should_stop:
            await self.sleep(LAG_EVERY_S)
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(self._measure(), LAG_EVERY_S)

    async def _read(self) -> None:
        """One round: what has come in, of all partitions."""
        if not (gathered := await self._gathered()):
            return
        await self._packed.put(asyncio.create_task(self._pack(gathered)))
        if sum(map(len, gathered.values())) < runtime.settings.batch_records // 4:
            # Let more gather: an insert of ten rows costs as much as one of a thousand.
            await self.sleep(runtime.settings.batch_wait_s)

    async def _gathered(self) -> dict[TopicPartition, list[Any]]:
        """Messages by partition: those there are, up to a batch of them."""
        size = runtime.settings.batch_records
        gathered, self._kept = self._kept, {}
        gathered = gathered or await self._consumer.getmany(timeout_ms=200, max_records=size)
        if not gathered:
            return {}
        # Before anything else is awaited: partitions are let go when nothing is in flight.
        self._in_flight.enter()
        begun, assignment = time.monotonic(), self._assignments
        count = self._noticed(gathered)
        while count < size and not self.should_stop:
            try:
                # Its own time-out does not hold while the group is rebalanced.
                polled = await asyncio.wait_for(
                    self._consumer.getmany(timeout_ms=20, max_records=size - count), 0.1
                )
            except TimeoutError:
                polled = {}
            if self._assignments != assignment:
                # Read again from the last commit, it may be what was gathered before.
                self._kept = polled
                break
            count += self._noticed(polled)
            for partition, messages in polled.items():
                gathered.setdefault(partition, []).extend(messages)
            late = time.monotonic() - begun > runtime.settings.batch_wait_s
            # There is no hurry while the rounds before this one are still being worked on.
            if (late or not polled) and not self._packed.full():
                break
        return gathered

    def _noticed(self, polled: dict[TopicPartition, list[Any]]) -> int:
        """How many messages these are, none of them missing."""
        for partition, messages in polled.items():
            self._notice_gap(partition, messages[0].offset, messages[-1].offset + 1)
        return sum(map(len, polled.values()))

    async def _pack(self, gathered: dict[TopicPartition, list[Any]]) -> list[Parcel]:
        with metrics.seconds(self.source, "decode"):
            taken = [Taken.of(partition, messages) for partition, messages in gathered.items()]
            default = DEFAULT_FORMATS[self.source]
            return await runtime.decoders.pack(default, taken, milliseconds())

    def _notice_gap(self, partition: TopicPartition, first: int, following: int) -> None:
        """Say so when the topic has lost what was not read: its retention was too short."""
        if (missing := first - self._expected.get(partition, first)) > 0:
            # Markers of transactions take offsets, too; the ledger check asks which it was.
            log.warning("offsets skipped", source=self.source, partition=partition.partition,
                        first=first - missing, offsets=missing)  # fmt: skip
            metrics.skipped(self.source, missing)
        self._expected[partition] = following

    async def _measure(self) -> None:
        lags, is_read = {}, self._in_flight.is_empty
        partitions = list(self._consumer.assignment())
        ends = await self._consumer.end_offsets(partitions) if partitions else {}
        for partition, end in ends.items():
            committed = await self._consumer.committed(partition) or 0
            lags[partition.partition] = lag = max(0, end - committed)
            metrics.LAG.labels(self.source, str(partition.partition)).set(lag)
            # The end may be a transaction's marker, which nobody ever commits.
            is_read &= await self._consumer.position(partition) >= end
        runtime.health.lag(self.source, lags, time.monotonic(), is_read=is_read)

    @contextlib.asynccontextmanager
    async def _or_crash(self) -> AsyncIterator[None]:
        async with or_crash(self, self.source):
            try:
                yield
            except Exception:
                self._in_flight.abandon()
                raise

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """The group has told which partitions are this worker's; there may be none."""
        self._assignments += 1
        runtime.health.sources[self.source].joined = True
        runtime.health.progressed(self.source, time.monotonic())
        self._expected = {
            partition: read
            for partition in partitions
            if (read := await self._consumer.committed(partition)) is not None
        }

    async def landed(self) -> None:
        """Every parcel that was begun is delivered."""
        await self._in_flight.landed()


class InFlight:
    """Counts what was read and is not yet committed."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def enter(self, count: int = 1) -> None:
        self._count += count
        if self._count:
            self._none.clear()

    def leave(self, count: int = 1) -> None:
        self._count = max(0, self._count - count)
        if not self._count:
            self._none.set()

    def abandon(self) -> None:
        """What is in flight will not be delivered by this worker."""
        self._count = 0
        self._none.set()

    @property
    def is_empty(self) -> bool:
        return not self._count

    async def landed(self) -> None:
        """Nothing is in flight."""
        await self._none.wait()


class _LetGo(ConsumerRebalanceListener):  # type: ignore[misc]
    """Delivers what is in flight before its partitions go to another worker."""

    def __init__(self, processor: Processor, patience_s: float) -> None:
        self._processor = processor
        self._patience_s = patience_s

    async def on_partitions_revoked(self, revoked: Any) -> None:
        # Not longer than the group waits for us. What is late cannot be committed any more, and
        # is done again by its new owner: the same rows, counted once.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._processor.landed(), self._patience_s)

    async def on_partitions_assigned(self, assigned: Any) -> None:
        await self._processor.assigned(list(assigned))


def consumer(source: Source) -> AIOKafkaConsumer:
    """A consumer that commits only when told to."""
    settings = runtime.settings
    return AIOKafkaConsumer(
        **runtime.kafka_options,
        group_id=settings.group_of(source),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(settings.session_timeout_s * 1000),
        heartbeat_interval_ms=int(settings.session_timeout_s * 1000 / 3),
        rebalance_timeout_ms=int(settings.rebalance_timeout_s * 1000),
        # While an absent warehouse is waited for nothing is polled: that is no dead worker.
        max_poll_interval_ms=int((settings.retry_for_s + 300) * 1000),
        max_partition_fetch_bytes=16 << 20,
    )
