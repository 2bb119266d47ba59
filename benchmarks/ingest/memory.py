"""Does the worker's memory grow? With the engine in another process, at full speed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.ingest.contenders import NEVER, pid_of
from benchmarks.ingest.front import front
from benchmarks.ingest.logs import produce, renewed, web_events
from benchmarks.ingest.watching import commits, resident_mb
from benchmarks.measuring import show
from cjm_tracker.broker import EmbeddedBroker
from cjm_tracker.embedded import worker
from cjm_tracker.settings import load_settings

DIFFERENT = 50_000  # events of the simulator; they come again under other ids


def memory(
    events: Annotated[int, typer.Option(help="Web events, on the topic beforehand.")] = 500_000,
) -> None:
    """Resident memory of the worker while it reads, the engine not in it."""
    with tempfile.TemporaryDirectory() as directory, EmbeddedBroker() as broker:
        home = Path(directory)
        records = web_events(home / "logs", min(events, DIFFERENT))
        ends = produce(broker, "cjm", renewed(records, events)).ends
        with front(home / "warehouse") as dsn:
            settings = load_settings(warehouse=dsn, pii_key="k" * 32, stitch_every_s=NEVER)
            with worker(settings, broker, home / "log") as running:
                pid = pid_of(running)
                seen = [
                    (seen.at, seen.records, resident_mb(pid))
                    for seen in commits(
                        broker, f"{settings.group}-website", ends, [pid], running.check
                    )
                ]
    times, counts, sizes = (np.array(column, float) for column in zip(*seen, strict=True))
    rest = counts >= events / 10  # before it, caches fill
    if rest.sum() < 2:
        raise SystemExit(f"{events:,} events are too few to see memory grow")
    slope = np.polyfit(counts[rest] / 1e6, sizes[rest], 1)[0]
    show(
        f"Resident memory of the worker, {events:,} web events in"
        f" {times[-1] - times[0]:.0f} s, the engine in another process",
        ["at 10 %", "at 50 %", "at 100 %", "most", "slope from 10 % on"],
        [
            [
                *(f"{sizes[counts >= events * part][0]:,.0f} MB" for part in (0.1, 0.5, 1.0)),
                f"{sizes.max():,.0f} MB",
                f"{slope:+,.0f} MB a million",
            ]
        ],
    )
