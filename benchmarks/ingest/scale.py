"""Does a second worker help? One worker against two of one group, each with a warehouse of its own.

Their own, because an embedded engine is one process's; on a ClickHouse server they would share one.
So this shows what the group, the broker and the processes themselves allow on this machine, and
not what one server takes. Workers, engines and broker share its cores.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Annotated, NamedTuple

import typer

from benchmarks.ingest.contenders import NEVER, pid_of
from benchmarks.ingest.logs import produce, web_events
from benchmarks.ingest.watching import Seen, commits
from benchmarks.measuring import show
from cjm_tracker.broker import Broker, EmbeddedBroker, Position
from cjm_tracker.embedded import worker
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import connect

PARTITIONS = 4  # an even number: two workers get as many each
# Of all records: before, the second worker may still be joining; after, one may be done.
BEGIN, END = 0.4, 0.9


class Shared(NamedTuple):
    """Events a second of all workers together, cores they kept busy, records each has stored."""

    rate: float
    cores: float
    stored: list[int]


def scale(
    events: Annotated[int, typer.Option(help="Web events.")] = 300_000,
    repeat: Annotated[int, typer.Option(help="Rounds; the median is shown.")] = 3,
) -> None:
    """One worker against two on one group."""
    found: dict[int, list[Shared]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        records = web_events(home / "logs", events)
        for _ in range(repeat):
            with EmbeddedBroker() as broker:
                ends = produce(broker, "cjm", records, PARTITIONS).ends
                for workers, shared in found.items():
                    shared.append(_run(workers, broker, ends, home / "run"))
                    rmtree(home / "run")
    one = median(run.rate for run in found[1])
    show(
        f"{events:,} web events, {PARTITIONS} partitions, {os.cpu_count()} cores,"
        f" median of {repeat}",
        ["workers", "events/s", "times one", "cores busy", "records of each, last round"],
        [
            [
                str(workers),
                f"{median(run.rate for run in shared):,.0f}",
                f"{median(run.rate for run in shared) / one:.2f}",
                f"{median(run.cores for run in shared):.2f}",
                " + ".join(f"{stored:,}" for stored in shared[-1].stored),
            ]
            for workers, shared in found.items()
        ],
        f"Between {BEGIN:.0%} and {END:.0%} of the records. Cores: of the workers with their"
        " engines; the broker comes on top.",
    )


def _run(workers: int, broker: Broker, ends: dict[Position, int], home: Path) -> Shared:
    home.mkdir()
    settings = [
        load_settings(
            warehouse=f"chdb:///{home / str(number)}",
            group=f"workers-{workers}",
            pii_key="k" * 32,
            stitch_every_s=NEVER,
        )
        for number in range(workers)
    ]
    with ExitStack() as stack:
        running = [
            stack.enter_context(worker(given, broker, home / f"{number}.log"))
            for number, given in enumerate(settings)
        ]

        def check() -> None:
            for one in running:
                one.check()

        pids = [pid_of(one) for one in running]
        seen = list(commits(broker, f"{settings[0].group}-website", ends, pids, check))
    stored = []
    for given in settings:
        with connect(given.warehouse.get_secret_value()) as warehouse:
            stored.append(
                int(warehouse.query("SELECT sum(records) FROM batch_log FINAL").rows[0][0])
            )
    return Shared(*_between(seen), stored)


def _between(seen: list[Seen]) -> tuple[float, float]:
    total = seen[-1].records
    middle = [one for one in seen if BEGIN * total <= one.records <= END * total]
    if len(middle) < 2:
        return float("nan"), float("nan")
    first, last = middle[0], middle[-1]
    seconds = last.at - first.at
    return (last.records - first.records) / seconds, (
        last.cpu_seconds - first.cpu_seconds
    ) / seconds
