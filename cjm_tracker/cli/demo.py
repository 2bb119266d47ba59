"""`cjm demo`: the whole way of an event on this machine, from simulated logs to a journey map."""

from __future__ import annotations

import csv
import shutil
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cjm_tracker.answers import map_of
from cjm_tracker.broker import EmbeddedBroker, Sent, Topics, create_topics, send
from cjm_tracker.cli.common import (
    JsonOption,
    definition_of,
    err,
    mapping_of,
    now_ms,
    opened,
    stitch_now,
)
from cjm_tracker.cli.demo_report import Demo, report
from cjm_tracker.cli.journey_map import write
from cjm_tracker.cli.sql import as_json
from cjm_tracker.embedded import load_and_wait
from cjm_tracker.errors import ConfigError
from cjm_tracker.identity.score import pair_scores
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import Mapping
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.simulator import SampleLogs, simulate
from cjm_tracker.simulator.sample import FEWEST_EVENTS
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, run_query

MARKER = "cjm-demo.txt"

EventsOption = Annotated[
    int, typer.Option("--events", min=FEWEST_EVENTS, max=2_000_000, help="About how many records.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Another seed, another world.")]


def demo(
    events: EventsOption = 20_000,
    seed: SeedOption = 7,
    directory: Annotated[Path, typer.Option("--dir", help="Where to put everything.")] = Path(
        "cjm-demo"
    ),
    port: Annotated[
        int | None, typer.Option(help="Of the embedded broker; a free one if unset.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Try it: sample logs through a broker and a worker to journeys and a map, in two minutes.

    Needs nothing but this installation. All files go to --dir; delete it to clean up. The broker
    listens on loopback only and is stopped at the end.
    """
    began = time.monotonic()
    _claim(directory)
    settings = load_settings(
        warehouse=f"chdb:///{directory / 'warehouse'}",
        topic_prefix=f"demo{now_ms()}",
        group="cjm-demo",
    )
    plan = mapping_of(settings)
    with Progress(
        TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn(), console=err
    ) as bar:
        with _step(bar, "simulating a retailer's logs"):
            logs = simulate(directory / "logs", events=events, seed=seed, end=_last_hour())
        sent = _stream(settings, logs, port, bar)
        with opened(settings) as warehouse:
            with _step(bar, "stitching the last paths"):
                stitch_now(warehouse, settings, plan)
            with _step(bar, "drawing the journey map"):
                journey_map = directory / "journey-map.html"
                drawn = map_of(warehouse, plan, "en", definition_of(plan, "", unit="customer"))
                write(drawn, journey_map, plan)
            journeys = drawn.totals.journeys
            result = _summary(warehouse, plan, logs, directory, journey_map, journeys, sent)
    result.seconds = round(time.monotonic() - began, 1)
    if json:
        print(as_json(asdict(result)))
    else:
        report(result, plan)


def demo_logs(
    directory: Annotated[Path, typer.Option("--dir", help="Where to write them.")] = Path(
        "cjm-demo-logs"
    ),
    events: EventsOption = 20_000,
    seed: SeedOption = 7,
) -> None:
    """Write the demo's sample logs only: Segment, Amazon Connect, POSLog and Typeform files."""
    logs = simulate(directory, events=events, seed=seed, end=_last_hour())
    for source, path in _files(logs).items():
        print(f"{logs.records[source]:>8} {source:<12} {path}")


FORMATS = {
    "website": "segment",
    "call_centre": "amazon_connect",
    "store": "poslog",
    "survey": "typeform",
}


def _files(logs: SampleLogs) -> dict[str, Path]:
    return {source: getattr(logs, source) for source in FORMATS}


def _last_hour() -> datetime:
    """The simulated period ends with the last full hour: within an hour, equal seeds are equal."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _claim(directory: Path) -> None:
    """The demo's own directory: new, empty, or of an earlier demo, which it replaces."""
    if directory.exists() and not directory.is_dir():
        raise ConfigError(f"--dir {directory}: is a file")
    if directory.is_dir() and any(directory.iterdir()):
        if not (directory / MARKER).exists():
            raise ConfigError(
                f"--dir {directory}: holds other files; name a new directory (--dir DIR)"
            )
        shutil.rmtree(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / MARKER).write_text("Made by cjm demo; delete this directory to clean up.\n")
    except OSError as error:
        raise ConfigError(f"--dir {directory}: {error.strerror}") from None


class _step:
    """One line of progress: runs while the block does, and is full afterwards."""

    def __init__(self, bar: Progress, text: str) -> None:
        self._bar = bar
        self._task = bar.add_task(text, total=None)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._bar.update(self._task, total=1, completed=1)


def _stream(settings: Settings, logs: SampleLogs, port: int | None, bar: Progress) -> Sent:
    """The logs into topics of an embedded broker, and through the real worker."""
    with EmbeddedBroker(port) as broker, ExitStack() as stack:
        topics = Topics(settings.topic_prefix)
        create_topics(broker, topics, settings.partitions, settings.replication)
        sending = bar.add_task("sending them to the topics", total=sum(logs.records.values()))
        reading = bar.add_task("starting the Faust worker", total=None)

        def send_all() -> Sent:
            total = Sent()
            for source, path in _files(logs).items():
                format_ = format_named(FORMATS[source])
                (log,) = open_logs([str(path)], stack)
                sent = send(broker, topics.raw(format_.source), format_.name, log.frames(format_))
                total.records += sent.records
                total.ends |= sent.ends
                bar.update(sending, completed=total.records)
            bar.update(sending, total=total.records)
            return total

        whole = sum(logs.records.values())

        def read(remaining: int) -> None:
            text = "reading, mapping, storing" if remaining < whole else "starting the Faust worker"
            bar.update(reading, description=text, total=whole, completed=whole - remaining)

        return load_and_wait(settings, broker, send_all, read)


def _summary(
    warehouse: Warehouse,
    plan: Mapping,
    logs: SampleLogs,
    directory: Path,
    journey_map: Path,
    journeys: int,
    sent: Sent,
) -> Demo:
    definition = definition_of(plan, "", unit="customer").name
    showcase = run_query(warehouse, "showcase_customer").rows
    customer = showcase[0][0] if showcase else ""
    return Demo(
        directory=str(directory),
        warehouse=str(warehouse.address),
        journey_map=str(journey_map),
        seconds=0.0,
        records=sent.records,
        sources=run_query(warehouse, "counts_by_source").dicts(),
        reasons=run_query(warehouse, "reasons").dicts(),
        funnel=run_query(warehouse, "stage_funnel", definition=definition).dicts(),
        paths=run_query(warehouse, "top_paths", definition=definition, limit=8).dicts(),
        journeys=journeys,
        customers=warehouse.query("SELECT count() AS found FROM customers").one()["found"],
        customer=customer,
        customer_steps=run_query(
            warehouse, "customer_steps", customer=customer, definition=definition
        ).dicts(),
        truth=_against_truth(warehouse, logs),
    )


def _against_truth(warehouse: Warehouse, logs: SampleLogs) -> dict[str, Any]:
    """What stitching found against what the simulator knows; only the report reads the truth."""
    found = {
        (source, event_id): customer
        for source, event_id, customer in run_query(warehouse, "found_customers").rows
    }
    with (logs.truth / "events.csv").open(newline="", encoding="utf-8") as file:
        truth = {(row["source"], row["event_id"]): row["customer"] for row in csv.DictReader(file)}
    scores = pair_scores(found, truth)
    return {
        "precision": round(scores.precision, 4),
        "recall": round(scores.recall, 4),
        "events_compared": scores.events,
        "events_without_identifier": len(truth) - scores.events,
        "pairs_found": scores.found_pairs,
        "pairs_true": scores.true_pairs,
    }
