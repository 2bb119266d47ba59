"""Keeps in the warehouse how far this worker is behind, for those who see no metrics."""

from __future__ import annotations

import faust
import structlog

from cjm_tracker.errors import WarehouseUnavailable
from cjm_tracker.warehouse import Lag, store_lags
from streams.app import runtime
from streams.crash import or_crash
from streams.runtime import milliseconds

log = structlog.get_logger()

KEPT_EVERY_S = 15.0


class LagKeeper(faust.Service):  # type: ignore[misc]
    """Writes what the processors measured last; of partitions that are no longer ours nothing."""

    @faust.Service.task
    async def _run(self) -> None:
        async with or_crash(self, "lag"):
            while True:
                await self.sleep(KEPT_EVERY_S)
                if self.should_stop:
                    break
                await self._keep()

    async def _keep(self) -> None:
        lags = [
            Lag(source, runtime.topics.raw(source), partition, records)
            for source, feed in runtime.health.sources.items()
            for partition, records in feed.lags.items()
        ]
        now = milliseconds()
        try:
            await runtime.with_warehouse(lambda warehouse: store_lags(warehouse, lags, now))
        except WarehouseUnavailable as error:
            # A measurement, no record: the next one says more than this one late.
            log.info("warehouse away, lag not kept", error=str(error)[:300])
