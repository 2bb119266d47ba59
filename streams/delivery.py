"""Delivery: a parcel's way into the warehouse, in the one order that loses nothing.

    1. facts and dead letters are inserted
    2. dead letters are confirmed by their topic
    3. the batch's row is inserted into the ledger
    4. the offset is committed

Whatever fails before 4 is done again from 1, with the same rows: the tables count them once. An
absent warehouse is waited for; a row that it refuses is found and set apart.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import orjson
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    MessageSizeTooLargeError,
)

from cjm_tracker.errors import RowsRejected
from cjm_tracker.events import Source
from cjm_tracker.pipeline import DeadLetter
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.warehouse import insert_facts, insert_ledger
from streams import metrics
from streams.parcel import Parcel
from streams.runtime import Runtime, milliseconds

log = structlog.get_logger()

# Bytes of a record that a dead letter carries: with base64 it stays below a broker's usual 1 MiB.
# The warehouse keeps more, and the raw topic all.
MAX_CARRIED = 600 << 10


class Delivery:
    """Delivers the parcels of one source, one after the other."""

    def __init__(
        self,
        runtime: Runtime,
        source: Source,
        consumer: AIOKafkaConsumer,
        producer: AIOKafkaProducer,
    ) -> None:
        self._runtime = runtime
        self._source = source
        self._consumer = consumer
        self._producer = producer
        self._pack = runtime.decoders.packer(DEFAULT_FORMATS[source])

    async def __call__(self, parcel: Parcel) -> None:
        """Deliver one parcel whole; returns when it is committed, or its partitions are lost."""
        parts = await self._facts(parcel)
        if len(parts) > 1 and all(part.is_refused for part in parts):
            # Not the rows are bad then, but what they all share: nothing is set apart for that.
            raise RowsRejected(f"{self._source}: every record of a batch is refused")
        for part in parts:
            if part.is_refused and part is not parcel:
                await self._insert("facts", part)
            with metrics.seconds(self._source, "dead_letters"):
                await self._send(part.dead_letters)
            await self._insert("ledger", part)
        self._runtime.stored.set()
        with metrics.seconds(self._source, "commit"):
            await self._commit(parcel.offsets)
        for part in parts:
            metrics.delivered(self._source, part)

    async def _facts(self, parcel: Parcel) -> list[Parcel]:
        """Insert the facts; the parts they had to be inserted in, those refused not inserted."""
        try:
            await self._insert("facts", parcel)
        except RowsRejected as error:
            log.warning("rows refused", source=self._source, error=str(error)[:300])
            return [
                part
                for half in self._pack.apart(parcel.taken, error, milliseconds())
                for part in ([half] if half.is_refused else await self._facts(half))
            ]
        return [parcel]

    async def _insert(self, what: str, parcel: Parcel) -> None:
        """One part of the parcel, again and again while the warehouse is away."""
        insert = insert_facts if what == "facts" else insert_ledger
        with metrics.seconds(self._source, what):
            await self._runtime.patiently(
                self._source,
                lambda: self._runtime.with_warehouse(
                    lambda warehouse: insert(warehouse, parcel.prepared)
                ),
            )

    async def _send(self, letters: Sequence[DeadLetter]) -> None:
        """Every dead letter, confirmed by all replicas."""
        sent = [await self._producer.send(*self._message(letter)) for letter in letters]
        for letter, confirmation in zip(letters, sent, strict=True):
            try:
                await confirmation
            except MessageSizeTooLargeError:
                # The topic takes less than is usual: its address and reason must still arrive.
                await self._producer.send_and_wait(*self._message(letter, carried=0))

    def _message(self, letter: DeadLetter, carried: int = MAX_CARRIED) -> tuple[str, bytes]:
        return self._runtime.topics.dead_letters, dead_letter(letter, carried)

    async def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Partitions that went to another worker meanwhile are its business: it will read these
        records again, which changes nothing."""
        mine = self._consumer.assignment()
        ours = {partition: offset for partition, offset in offsets.items() if partition in mine}
        try:
            if ours:
                await self._consumer.commit(ours)
        except (CommitFailedError, IllegalStateError):
            log.warning("partitions lost before commit", source=self._source)
        except KafkaError as error:
            if not error.retriable:
                raise
            log.warning("commit failed, goes with the next", source=self._source)


def dead_letter(letter: DeadLetter, carried: int = MAX_CARRIED) -> bytes:
    """The record as it came, with its address and the reason: enough to mend and replay it.

    `carried` bytes of it at most; `size` tells when it was longer.
    """
    record = letter.record
    headers = {name: _base64(value) for name, value in record.headers.items()}
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
            "headers": headers if carried else {},
            "key": _base64(record.key) if record.key is not None and carried else None,
            "value": _base64(record.value[:carried]),
            "size": len(record.value),
        }
    )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
