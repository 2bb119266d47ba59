"""How far the workers are behind the broker, kept for whoever looks at the dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cjm_tracker.warehouse import blocks
from cjm_tracker.warehouse.client import Warehouse


class Lag(NamedTuple):
    """So many records of a partition are not yet stored."""

    source: str
    topic: str
    partition: int
    records: int


def store_lags(warehouse: Warehouse, lags: Sequence[Lag], now: int) -> None:
    """Keep what was measured at `now`, in ms since 1970."""
    rows = blocks.block(
        {
            "source": blocks.word([lag.source for lag in lags]),
            "topic": blocks.word([lag.topic for lag in lags]),
            "partition": blocks.signed([lag.partition for lag in lags]),
            "measured_at": blocks.time([now] * len(lags)),
            "lag": blocks.unsigned([lag.records for lag in lags]),
        }
    )
    warehouse.insert("lag_log", rows)
