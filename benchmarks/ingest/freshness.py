"""How long from the broker's append until an event stands in a journey, at a constant rate.

The worker is the real one, with the embedded engine in it, on the machine that also runs broker
and producer. What is measured is every event: it is visible when the stitch that took its batch
in has ended, which the worker's log tells; the broker's own time of the record is in the warehouse.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import typer

from benchmarks.ingest.logs import PARTITIONS, produce, web_events
from benchmarks.measuring import show
from cjm_tracker.broker import Broker, EmbeddedBroker, Topics, create_topics, send
from cjm_tracker.embedded import worker
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import connect

TICK_S = 0.01
WARM_S = 5  # of the rate, before what is counted

# Which stitch took each event in: batches of one parcel and their events share their time.
TAKEN = """
SELECT run, toUnixTimestamp64Milli(received_at)
FROM event_log
INNER JOIN
(
    SELECT DISTINCT stored_at, run FROM batch_log INNER JOIN stitched_log USING token
) AS batches USING stored_at
ORDER BY run
"""


def freshness(
    rate: Annotated[int, typer.Option(help="Web events a second.")] = 5_000,
    seconds: Annotated[int, typer.Option(help="Measured, after a few to warm up.")] = 30,
) -> None:
    """From the broker's append to the journey: median, p95, p99."""
    with tempfile.TemporaryDirectory() as directory, EmbeddedBroker() as broker:
        home = Path(directory)
        records = web_events(home / "logs", rate * (WARM_S + seconds))
        settings = load_settings(warehouse=f"chdb:///{home / 'warehouse'}")
        create_topics(broker, Topics(settings.topic_prefix), PARTITIONS, 1)
        with worker(settings, broker, home / "log") as running:
            sent = produce(broker, settings.topic_prefix, records[:1])  # until it is read, it joins
            running.wait_until_read(broker, sent.ends)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                began = time.time()
                ends = pool.apply(_send, (broker, settings.topic_prefix, records, rate)).ends
                took = time.time() - began
            running.wait_until_read(broker, ends)
            time.sleep(5)  # the last stitch
        received, seen = _times(settings, home / "log")
    counted = received >= received.min() + WARM_S
    waits = (seen - received)[counted]
    show(
        f"{rate:,} web events a second asked, {len(records) / took:,.0f} sent, for {took:.0f} s",
        ["events", "median", "p95", "p99", "longest"],
        [
            [
                f"{len(waits):,}",
                *(f"{np.quantile(waits, part):.2f} s" for part in (0.5, 0.95, 0.99, 1.0)),
            ]
        ],
        "From the broker's append to the end of the stitch that took the event in. Broker,"
        " producer, worker and engine share this machine.",
    )


def _times(settings: Settings, log: Path) -> tuple[np.ndarray, np.ndarray]:
    """When the broker had each event, and when it stood in a journey; s since 1970."""
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines() if line[:1] == b"{"]
    ended = [
        datetime.fromisoformat(line["timestamp"]).timestamp()
        for line in lines
        if line["event"] == "stitched"
    ]
    with connect(settings.warehouse.get_secret_value()) as warehouse:
        runs, received = np.array(warehouse.query(TAKEN).rows, np.int64).T
    # Runs follow each other as their lines do; the last may have been cut off.
    _, place = np.unique(runs, return_inverse=True)
    known = place < len(ended)
    return received[known] / 1000, np.array(ended)[place[known]]


def _send(broker: Broker, prefix: str, records: list[bytes], rate: int) -> object:
    """Send the records at that rate."""

    def paced() -> Iterator[tuple[bytes, int]]:
        begin = time.monotonic()
        for place, record in enumerate(records):
            yield record, 0
            while (ahead := place / rate - (time.monotonic() - begin)) > TICK_S:
                time.sleep(ahead)

    return send(broker, Topics(prefix).raw("website"), "segment", paced())
