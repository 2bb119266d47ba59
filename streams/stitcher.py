"""Stitching: what was stored since the last time becomes journeys.

One worker of a group stitches: the one that owns the only partition of the control topic.
"""

from __future__ import annotations

import asyncio
import contextlib

import faust
import structlog

from cjm_tracker.errors import WarehouseUnavailable
from cjm_tracker.warehouse import stitch
from streams import metrics
from streams.app import app, runtime
from streams.crash import or_crash
from streams.runtime import milliseconds

log = structlog.get_logger()

# Other workers' batches are not told: they are looked for this often when nothing is stored here.
LOOKS_EVERY_S = 1.0


class Stitcher(faust.Service):  # type: ignore[misc]
    """Runs a stitch soon after something was stored, or when asked to."""

    _last = 0  # its own run

    @faust.Service.task
    async def _run(self) -> None:
        async with or_crash(self, "stitching"):
            while not self.should_stop:
                await self._wait()
                if owns_control() and not self.should_stop:
                    await self._stitch()

    async def _wait(self) -> None:
        """Until there may be something new, and some time after the last stitch, or asked to."""
        if not await _set_within(runtime.asked, runtime.settings.stitch_every_s):
            await _set_within(runtime.stored, LOOKS_EVERY_S)
        runtime.asked.clear()
        runtime.stored.clear()

    async def _stitch(self) -> None:
        try:
            with metrics.STITCH_SECONDS.time():
                result = await runtime.beside(
                    lambda warehouse: stitch(
                        warehouse,
                        runtime.mapping,
                        milliseconds(),
                        key=runtime.key,
                        last=self._last,
                    )
                )
            metrics.STITCHED.set_to_current_time()
        except WarehouseUnavailable as error:
            # The batches stay unstitched, the next round takes them in.
            log.warning("warehouse away, stitching later", error=str(error)[:300])
            return
        self._last = result.run or self._last
        if result.batches:
            log.info("stitched", batches=result.batches, customers=result.customers)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def owns_control() -> bool:
    """Whether this worker is the one that stitches."""
    return any(partition.topic == runtime.topics.control for partition in app.consumer.assignment())
