"""How long until an event is seen in a journey, at a constant rate, with stitching on.

Among the events are probes, each of a customer of its own, who can be looked up by id as a panel
would. A probe's freshness is the time from the producer's call to the first look at the view
`steps` that has it. The worker is the real one; the engine stands behind an HTTP front that takes
one request at a time, so a look also waits for the inserts and stitches before it.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import typer

from benchmarks.ingest.front import front
from benchmarks.ingest.logs import PARTITIONS, web_events
from benchmarks.measuring import show
from cjm_tracker.broker import Broker, EmbeddedBroker, Topics, create_topics, send
from cjm_tracker.embedded import Worker, worker
from cjm_tracker.identity import customer_id, identifier_number
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse, connect, migrate

PROBES = 10  # a second, on top of the rate
LOOK_EVERY_S = 0.1
GIVE_UP_S = 60.0
TICK_S = 0.01
WARM_S = 5  # of the rate, before what is counted
LOOKED_UP = 60  # customers at once: the front takes parameters of a few kilobytes in the URL

SEEN = """
SELECT DISTINCT customer_id FROM steps
WHERE definition = {definition:String} AND customer_id IN {customers:Array(String)}
"""
DEFINITION = "customer_journey"  # the preset's

Times = dict[str, float]  # by customer: seconds since 1970, on this machine's clock


def freshness(
    rate: Annotated[int, typer.Option(help="Web events a second.")] = 5_000,
    seconds: Annotated[int, typer.Option(help="Measured, after a few to warm up.")] = 30,
    stitch_every: Annotated[float, typer.Option(help="Seconds between stitches.")] = 1.0,
) -> None:
    """From the producer's call to the journey: median, p95, p99."""
    with tempfile.TemporaryDirectory() as directory, EmbeddedBroker() as broker:
        home = Path(directory)
        records = web_events(home / "logs", rate * (WARM_S + seconds))
        with front(home / "warehouse") as dsn:
            settings = load_settings(warehouse=dsn, pii_key="k" * 32, stitch_every_s=stitch_every)
            create_topics(broker, Topics(settings.topic_prefix), PARTITIONS, 1)
            with connect(dsn) as warehouse:
                migrate(warehouse)
            with worker(settings, broker, home / "log") as running:
                sent, seen = _race(dsn, broker, running, records, rate)
    warm = min(sent.values()) + WARM_S
    counted = [who for who, at in sent.items() if at >= warm]
    waits = [seen[who] - sent[who] for who in counted if who in seen]
    show(
        f"{rate:,} web events a second for {seconds} s, a stitch every {stitch_every:g} s",
        ["probes", "never seen", "median", "p95", "p99", "longest"],
        [
            [
                f"{len(counted):,}",
                f"{len(counted) - len(waits):,}",
                *(f"{np.quantile(waits, part):.2f} s" for part in (0.5, 0.95, 0.99, 1.0)),
            ]
        ],
        "From the producer's call to a look at `steps`. Broker, producer, worker and engine share"
        " this machine.",
    )


def _race(
    dsn: str, broker: Broker, running: Worker, records: list[bytes], rate: int
) -> tuple[Times, Times]:
    """When each probe was sent, and when it was seen."""
    with connect(dsn) as warehouse, multiprocessing.get_context("spawn").Pool(1) as pool:
        # The worker is ready, and its queries are compiled, when it has brought one event through.
        first = pool.apply(_send, (broker, [], rate, 0))
        _look(warehouse, running, list(first))
        probes = range(1, PROBES * len(records) // rate + 1)
        sending = pool.apply_async(_send, (broker, records, rate, 1))
        seen = _look(warehouse, running, [_customer(number) for number in probes])
        return sending.get(), seen


def _look(warehouse: Warehouse, running: Worker, customers: list[str]) -> Times:
    """Look until all are seen, or no more come."""
    seen: Times = {}
    since = time.monotonic()
    while len(seen) < len(customers) and time.monotonic() - since < GIVE_UP_S:
        running.check()
        # In the order they are sent; the next few suffice.
        missing = [who for who in customers if who not in seen][:LOOKED_UP]
        given = {"definition": DEFINITION, "customers": missing}
        found = [who for (who,) in warehouse.query(SEEN, given).rows]
        now = time.time()
        seen |= dict.fromkeys(found, now)
        if found:
            since = time.monotonic()
        time.sleep(LOOK_EVERY_S)
    return seen


def _send(broker: Broker, records: list[bytes], rate: int, number: int) -> Times:
    """Send the records at that rate, with probes among them, numbered from `number`."""
    sent: Times = {}

    def paced() -> Iterator[tuple[bytes, int]]:
        begin = time.monotonic()
        for place, record in enumerate(records or [b""]):
            if place % (rate // PROBES) == 0:
                probe = number + place // (rate // PROBES)
                sent[_customer(probe)] = time.time()
                yield _probe(probe), 0
            if record:
                yield record, 0
            while (ahead := place / rate - (time.monotonic() - begin)) > TICK_S:
                time.sleep(ahead)

    send(broker, Topics(load_settings().topic_prefix).raw("website"), "segment", paced())
    return sent


def _customer(number: int) -> str:
    return customer_id(identifier_number("cookie", f"probe-{number}"))


def _probe(number: int) -> bytes:
    return orjson.dumps(
        {
            "type": "page",
            "messageId": f"probe-{number}",
            "anonymousId": f"probe-{number}",
            "timestamp": datetime.now(UTC).isoformat(),
            "name": "Home",
        }
    )
