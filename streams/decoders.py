"""Decoding beside the worker: processes that make parcels of large rounds.

Python decodes on one core however many threads there are. A round large enough to be worth the
way goes to a process, a small one is decoded in a thread, so a worker with little to do has none.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context, parent_process

from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from streams import collector
from streams.parcel import Packer, Parcel, Taken

# Records for which the way to another process and back is worth it: that takes milliseconds.
MIN_RECORDS = 2_000


class Decoders:
    """Up to `processes` of them, started when first needed; none means threads only."""

    def __init__(self, processes: int, mapping: Mapping, key: bytes) -> None:
        self.processes = processes
        self._given = (mapping.model_dump_json(), key)
        self._here = Pipeline(mapping, key)
        self._pool: ProcessPoolExecutor | None = None

    def packer(self, default: str) -> Packer:
        """What makes parcels in this process. `default`: the format of records that name none."""
        return Packer(self._here, format_named(default))

    async def pack(self, default: str, taken: Sequence[Taken], now: int) -> list[Parcel]:
        """The round's parcels, with the records as they were given."""
        if not self.processes or sum(len(some.offsets) for some in taken) < MIN_RECORDS:
            return await asyncio.to_thread(self.packer(default), taken, now)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.processes, get_context("spawn"), _begin, self._given
            )
        loop = asyncio.get_running_loop()
        parcels = await loop.run_in_executor(self._pool, _pack, default, taken, now)
        if len(parcels) == 1:  # what was given need not come back
            return [replace(parcels[0], taken=taken)]
        return parcels

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


_pipeline: Pipeline


def _begin(mapping: str, key: bytes) -> None:
    # Both reach the whole group of processes; it is the worker that stops, and ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    global _pipeline
    _pipeline = Pipeline(Mapping.model_validate_json(mapping), key)
    collector.tune()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker that is killed cannot end its processes; they would wait for it for ever."""
    if parent := parent_process():
        parent.join()
    os._exit(0)


def _pack(default: str, taken: Sequence[Taken], now: int) -> list[Parcel]:
    parcels = Packer(_pipeline, format_named(default))(taken, now)
    return [replace(parcels[0], taken=())] if len(parcels) == 1 else parcels
