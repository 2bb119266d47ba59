"""The stream processor: batches of one source's records from its topic into the warehouse.

A Faust service with a consumer of its own, not an agent: an agent acknowledges events that it
failed on, and takes each event by itself. Here the offset is committed last:

    1. facts and dead letters are inserted
    2. dead letters are confirmed by their topic
    3. the batch's row is inserted into the ledger
    4. the offset is committed

Whatever fails before 4 is done again from 1, with the same deduplication tokens. An absent
warehouse is waited for; anything unforeseen ends the worker.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from typing import Any, ClassVar

import faust
import orjson
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from cjm_tracker.events import Record, Source
from cjm_tracker.pipeline import Batch, DeadLetter
from cjm_tracker.settings import Settings
from cjm_tracker.sources import formats
from cjm_tracker.warehouse import Warehouse, Writer
from streams.app import app, runtime
from streams.runtime import milliseconds

log = structlog.get_logger()

# The format of records that carry no `cjm-format` header: what each source usually sends.
DEFAULT_FORMATS: dict[Source, str] = {
    "website": "segment",
    "call_centre": "amazon_connect",
    "store": "poslog",
    "survey": "typeform",
    "crm": "crosswalk",
}


class Processor(faust.Service):  # type: ignore[misc]
    """Takes one source's records in batches. Subclasses name the source."""

    abstract = True
    source: ClassVar[Source]

    async def on_start(self) -> None:
        self._default = formats()[DEFAULT_FORMATS[self.source]]
        # Held while a batch is between its first insert and its commit: partitions are let go
        # only in between.
        self._at_work = asyncio.Lock()
        self._consumer = consumer(runtime.settings, runtime.broker, self.source)
        self._producer = AIOKafkaProducer(bootstrap_servers=runtime.broker, acks="all")
        topic = runtime.topics.raw(self.source)
        self._consumer.subscribe([topic], listener=_LetGo(self._at_work))
        self._topic = topic

    async def on_stop(self) -> None:
        async with self._at_work:
            await self._consumer.stop()
            await self._producer.stop()

    @faust.Service.task
    async def _run(self) -> None:
        try:
            # Here, not in on_start: joining a group takes seconds, and sources join side by side.
            await self._producer.start()
            await self._consumer.start()
            log.info("reading", topic=self._topic, group=group(runtime.settings, self.source))
            while not self.should_stop:
                await self._poll()
        except Exception as error:
            if self.should_stop:
                return  # on_stop has closed the consumer under the last poll
            log.error("stopped", source=self.source, error=f"{type(error).__name__}: {error}"[:500])
            # A service whose task dies would stand still unseen; the worker must end.
            await app.crash(error)

    async def _poll(self) -> None:
        """One round: what has come in, partition by partition."""
        settings = runtime.settings
        polled = await self._consumer.getmany(timeout_ms=200, max_records=settings.batch_records)
        for partition, messages in polled.items():
            async with self._at_work:
                if not self.should_stop and partition in self._consumer.assignment():
                    await self._take(partition, [_record(message) for message in messages])
        if 0 < sum(map(len, polled.values())) < settings.batch_records:
            # Let more gather: an insert of ten rows costs as much as one of 10,000.
            await self.sleep(settings.batch_wait_s)

    async def _take(self, partition: TopicPartition, records: Sequence[Record]) -> None:
        batch = await asyncio.to_thread(runtime.pipeline.process, records, self._default)
        now = milliseconds()
        await self._write("facts", batch, records, now)
        await self._send(batch.dead_letters)
        await self._write("ledger", batch, records, now)
        await self._commit(partition, records[-1].offset + 1)
        log.debug(
            "batch", source=self.source, partition=partition.partition, records=batch.records,
            stored=batch.stored, dropped=batch.dropped, dead_letters=len(batch.dead_letters),
        )  # fmt: skip

    async def _write(self, part: str, batch: Batch, records: Sequence[Record], now: int) -> None:
        """One part of the batch, again and again while the warehouse is away."""

        def work(warehouse: Warehouse) -> None:
            writer = Writer(warehouse, runtime.pipeline.version)
            getattr(writer, part)(batch, records, now)

        await runtime.patiently(self.source, lambda: runtime.with_warehouse(work))

    async def _send(self, letters: Sequence[DeadLetter]) -> None:
        topic = runtime.topics.dead_letters
        sent = [await self._producer.send(topic, _dead_letter(letter)) for letter in letters]
        for confirmation in sent:
            await confirmation

    async def _commit(self, partition: TopicPartition, offset: int) -> None:
        try:
            await self._consumer.commit({partition: offset})
        except (CommitFailedError, IllegalStateError):
            # The partition went to another worker meanwhile, which will do this batch again:
            # the same rows, counted once.
            log.warning("partition lost before commit", source=self.source, offset=offset)
        except KafkaError as error:
            if not error.retriable:
                raise
            log.warning("commit failed, goes with the next", source=self.source, offset=offset)


class _LetGo(ConsumerRebalanceListener):  # type: ignore[misc]
    """Finishes the batch at hand before its partition goes to another worker."""

    def __init__(self, at_work: asyncio.Lock) -> None:
        self._at_work = at_work

    async def on_partitions_revoked(self, revoked: Any) -> None:
        async with self._at_work:
            pass

    async def on_partitions_assigned(self, assigned: Any) -> None:
        pass


def group(settings: Settings, source: Source) -> str:
    """The consumer group that reads one source."""
    return f"{settings.group}-{source}"


def consumer(settings: Settings, broker: str, source: Source) -> AIOKafkaConsumer:
    """A consumer that commits only when told to."""
    return AIOKafkaConsumer(
        bootstrap_servers=broker,
        group_id=group(settings, source),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(settings.session_timeout_s * 1000),
        heartbeat_interval_ms=int(settings.session_timeout_s * 1000 / 3),
        rebalance_timeout_ms=int(settings.rebalance_timeout_s * 1000),
        # While an absent warehouse is waited for nothing is polled: that is no dead worker.
        max_poll_interval_ms=int((settings.retry_for_s + 300) * 1000),
        max_partition_fetch_bytes=8 << 20,
    )


def _record(message: Any) -> Record:
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.timestamp,
        message.value or b"",
        dict(message.headers),
        message.key,
    )


def _dead_letter(letter: DeadLetter) -> bytes:
    """The record as it came, with its address and the reason: enough to mend and replay it."""
    record = letter.record
    return orjson.dumps(
        {
            "reason": letter.reason,
            "detail": letter.detail,
            "source": letter.source,
            "format": letter.format,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "received_at": record.received_at,
            "headers": {name: _base64(value) for name, value in record.headers.items()},
            "key": _base64(record.key) if record.key is not None else None,
            "value": _base64(record.value),
        }
    )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
