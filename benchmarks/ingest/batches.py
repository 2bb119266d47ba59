"""Batches from the broker, fetched while the batch before is at work, committed after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from cjm_tracker.broker import Broker, Topics
from cjm_tracker.settings import Settings

Polled = Mapping[TopicPartition, Sequence[Any]]
WAIT_MS = 200


async def each_batch(given: Settings, work: Callable[[Polled], None]) -> None:
    """Give `work`, in a thread, up to `batch_records` records at once; until cancelled."""
    consumer = AIOKafkaConsumer(
        Topics(given.topic_prefix).raw("website"),
        **Broker.of(given).options,
        group_id=f"{given.group}-website",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
        rebalance_timeout_ms=1_000,
        max_partition_fetch_bytes=8 << 20,
    )
    await consumer.start()
    waiting: asyncio.Queue[Polled] = asyncio.Queue(1)

    async def fetch() -> None:
        while True:
            await waiting.put(await _filled(consumer, given.batch_records))

    fetching = asyncio.create_task(fetch())
    try:
        while True:
            polled = await waiting.get()
            await asyncio.to_thread(work, polled)
            await consumer.commit(
                {partition: records[-1].offset + 1 for partition, records in polled.items()}
            )
    finally:
        fetching.cancel()
        await consumer.stop()


async def _filled(consumer: AIOKafkaConsumer, size: int) -> Polled:
    """A batch of that size, or what there is when nothing more comes."""
    gathered: dict[TopicPartition, list[Any]] = {}
    missing = size
    while missing:
        polled = await consumer.getmany(timeout_ms=WAIT_MS, max_records=missing)
        for partition, records in polled.items():
            gathered.setdefault(partition, []).extend(records)
            missing -= len(records)
        if gathered and not polled:
            break
    return gathered
