"""Who competes, and one run of one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.ingest.watching import Pace, commits, pace, peak_mb
from cjm_tracker.broker import Broker, Position
from cjm_tracker.embedded import Worker, worker
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import connect

ROOT = Path(__file__).resolve().parents[2]
STOP_S = 15.0
# Seconds between stitches in a measurement of ingest alone: none comes.
NEVER = 86_400.0

Stage = Literal["consume", "decode", "map", "insert", "all"]
STAGES: tuple[Stage, ...] = ("consume", "decode", "map", "insert", "all")


class Contender(NamedTuple):
    """`module` is its process; an event-by-event one gets fewer events, or it takes all day."""

    name: str
    module: str
    is_slow: bool = False
    batch: int | None = None  # records; the setting's default where it is None


OURS = Contender("cjm-tracker", "ours")
AGENT = Contender("Faust agent", "agent", is_slow=True)
QUIX = Contender("Quix Streams", "quix")
LIMIT = Contender("limit", "limit")
LARGE = Contender("limit, 50,000", "limit", batch=50_000)


def contenders(events: int) -> list[Contender]:
    """Those that can run here, on so many events: too few for large batches tell nothing."""
    quix = [QUIX] if find_spec("quixstreams") else []
    return [
        one
        for one in (OURS, AGENT, *quix, LIMIT, LARGE)
        if one.batch is None or events >= 3 * one.batch
    ]


class Run(NamedTuple):
    """What one run came to."""

    pace: Pace
    touchpoints: int  # events that are one, each counted once
    records: int  # in the ledger, which only ours has


def measure(
    contender: Contender,
    stage: Stage,
    broker: Broker,
    prefix: str,
    ends: Mapping[Position, int],
    directory: Path,
    batch: int,
) -> Run:
    """One contender up to one stage, from the first record of the topic to the last."""
    directory.mkdir()
    settings = load_settings(
        warehouse=f"chdb:///{directory / 'warehouse'}",
        topic_prefix=prefix,
        group=directory.name,
        batch_records=contender.batch or batch,
        stitch_every_s=NEVER,
    )
    with started(contender, stage, settings, broker, directory / "log") as (pid, check):
        seen = list(commits(broker, f"{settings.group}-website", ends, [pid], check))
        found = pace(seen, peak_mb(pid))
    return Run(found, *_stored(settings))


@contextmanager
def started(
    contender: Contender, stage: Stage, settings: Settings, broker: Broker, log: Path
) -> Iterator[tuple[int, Callable[[], None]]]:
    """The running process, by its id, with a check that it still runs."""
    if contender is OURS and stage == "all":
        with worker(settings, broker, log) as running:
            yield pid_of(running), running.check
        return
    given = {
        "CJM_WAREHOUSE": settings.warehouse.get_secret_value(),
        "CJM_TOPIC_PREFIX": settings.topic_prefix,
        "CJM_GROUP": settings.group,
        "CJM_BATCH_RECORDS": str(settings.batch_records),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.ingest.{contender.module}", stage],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **broker.environment, **given},
        )

    def check() -> None:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
            raise SystemExit(f"{contender.name} ended by itself:\n{said}")

    try:
        yield process.pid, check
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pid_of(running: Worker) -> int:
    """The worker's process."""
    return running._process.pid


def _stored(settings: Settings) -> tuple[int, int]:
    with connect(settings.warehouse.get_secret_value()) as warehouse:
        (touchpoints,) = warehouse.query(
            "SELECT uniqExactIf(event_id, touchpoint != '') FROM event_log"
        ).rows[0]
        (records,) = warehouse.query("SELECT sum(records) FROM batch_log FINAL").rows[0]
    return int(touchpoints), int(records)
