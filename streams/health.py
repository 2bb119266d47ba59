"""How the worker is: what /healthz, /readyz and the watchdog go by. Pure; the clock is given.

Progress is a commit, or having nothing to read. A worker that waits for the warehouse makes no
progress and is not stuck: that wait has its own end (`retry_for_s`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cjm_tracker.events import Source


@dataclass(slots=True)
class Feed:
    """One source, as its processor last saw it. Times are seconds of a monotonic clock."""

    progress_at: float
    joined: bool = False  # it has been told its partitions, of which there may be none
    lag: int = 0  # records not yet committed
    lags: Mapping[int, int] = field(default_factory=dict)  # the same by partition


@dataclass(slots=True)
class Health:
    """One worker. `stuck_after_s`: without progress for so long, it is to be ended."""

    stuck_after_s: float
    beat_at: float  # when the event loop last came round
    sources: dict[Source, Feed] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)  # what waits for the warehouse
    opened: bool = False  # the warehouse was reached once
    stop_asked_at: float | None = None

    def expect(self, sources: Iterable[Source], now: float) -> None:
        """The sources this worker reads."""
        self.sources = {source: Feed(now) for source in sources}

    def progressed(self, source: Source, now: float) -> None:
        """The source committed a batch, or found nothing to read."""
        self.sources[source].progress_at = now

    def lag(self, source: Source, records: Mapping[int, int], now: float, *, is_read: bool) -> None:
        """So many records of each partition are not committed; nothing left to read is progress."""
        feed = self.sources[source]
        feed.lag = 0 if is_read else max(1, sum(records.values()))
        feed.lags = dict.fromkeys(records, 0) if is_read else dict(records)
        if is_read:
            self.progressed(source, now)

    def stuck(self, now: float) -> str:
        """What stands still, in words; empty while all is well."""
        if now - self.beat_at > self.stuck_after_s:
            return "the event loop stands still"
        if not self.waiting:
            for name, source in self.sources.items():
                if source.lag and now - source.progress_at > self.stuck_after_s:
                    return f"{name}: {source.lag} records wait and none is committed"
        return ""

    def is_ready(self) -> bool:
        """It reads every source it should, and the warehouse answers."""
        joined = all(source.joined for source in self.sources.values())
        return self.opened and joined and not self.waiting and self.stop_asked_at is None

    def report(self, now: float) -> dict[str, Any]:
        """What /healthz and /readyz say."""
        stuck = self.stuck(now)
        return {
            "status": "stuck" if stuck else "ok" if self.is_ready() else "degraded",
            "stuck": stuck,
            "waiting_for_warehouse": sorted(self.waiting),
            "stopping": self.stop_asked_at is not None,
            "sources": {
                name: {
                    "joined": source.joined,
                    "lag": source.lag,
                    "seconds_since_progress": round(max(0.0, now - source.progress_at), 1),
                }
                for name, source in self.sources.items()
            },
        }
