"""`cjm load`: log files into the tracker, through a broker or directly."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
)

from cjm_tracker.broker import Broker, EmbeddedBroker, Sent, Topics, create_topics, send
from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    err,
    mapping_of,
    now_ms,
    opened,
    out,
    stitch_now,
)
from cjm_tracker.cli.sql import as_json, print_table
from cjm_tracker.direct import load_directly
from cjm_tracker.embedded import load_and_wait
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.inputs import LogFile, open_logs
from cjm_tracker.keys import identity_key
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.sources import Format
from cjm_tracker.warehouse import run_query
from cjm_tracker.warehouse.client import parse_dsn


def load(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Logs, also .gz and .bz2; - is stdin.")
    ],
    format_name: Annotated[str, typer.Option("--format", metavar="F", help="See cjm formats.")],
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    broker: Annotated[
        str | None, typer.Option("--broker", metavar="HOST:PORT", help="Send to this Kafka.")
    ] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Without a broker: for backfills.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Load log files. Loading the same file again changes nothing.

    With --direct the pipeline runs here, without a broker.

    With --broker the records go to that Kafka, where running workers store them; with --broker
    and --warehouse a worker is run here until all is stored.

    With neither, an embedded broker and a worker are run here.
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping, broker=broker)
    if direct and broker:
        raise ConfigError("--direct goes without --broker: leave one of the two out")
    # A wrong mapping is refused before the first byte is read.
    format_ = mapping_of(settings).format(format_name)
    address = parse_dsn(settings.warehouse.get_secret_value())
    send_only = not direct and settings.broker is not None and warehouse is None
    if not send_only and address.directory is None:
        identity_key(settings.given_key, None)  # refused here rather than after connecting
    with ExitStack() as stack:
        logs = open_logs(files, stack)
        if direct:
            summary = _directly(settings, format_, logs)
        elif send_only:
            summary = _send_only(settings, Broker.of(settings), format_, logs)
        else:
            summary = _with_worker(settings, format_, logs)
    if json:
        print(as_json(summary))
    if summary.get("too_large"):
        raise InputError(
            f"{len(summary['too_large'])} records are larger than the broker takes and were not "
            f"sent (records {summary['too_large'][:10]}): load the file with --direct to have them "
            "as dead letters"
        )
    if not json:
        _tell(settings, summary)


Summary = dict[str, Any]


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=err, transient=True,
    )  # fmt: skip


def _directly(settings: Settings, format_: Format, logs: Sequence[LogFile]) -> Summary:
    with opened(settings, existing=False) as warehouse, _bar() as bar:
        task = bar.add_task("storing", total=None)
        plan = mapping_of(settings)
        loaded = load_directly(
            settings, plan, warehouse, format_, logs, now_ms, lambda n: bar.advance(task, n)
        )
        bar.update(task, description="stitching")
        stitch_now(warehouse, settings, plan)
    return {"records": loaded.records, "stored": loaded.stored, "dropped": loaded.dropped,
            "dead_letters": loaded.dead_letters, "to": str(warehouse.address)}  # fmt: skip


def _send_only(
    settings: Settings, broker: Broker, format_: Format, logs: Sequence[LogFile]
) -> Summary:
    topics = Topics(settings.topic_prefix)
    create_topics(broker, topics, settings.partitions, settings.replication)
    with _bar() as bar:
        sent = _send(broker, topics, format_, logs, bar)
    return {"records": sent.records, "too_large": sent.too_large,
            "to": f"{topics.raw(format_.source)} on {broker}"}  # fmt: skip


def _with_worker(settings: Settings, format_: Format, logs: Sequence[LogFile]) -> Summary:
    with opened(settings, existing=False):
        pass  # before anything is sent: is the warehouse there, and of this version?
    with ExitStack() as stack:
        bar = stack.enter_context(_bar())
        if settings.broker is None:
            # Its offsets begin at 0 each time: a prefix of its own keeps addresses apart.
            settings = settings.model_copy(update={"topic_prefix": f"local{now_ms()}"})
            broker = stack.enter_context(EmbeddedBroker())
        else:
            broker = Broker.of(settings)
        topics = Topics(settings.topic_prefix)
        create_topics(broker, topics, settings.partitions, settings.replication)
        reading = bar.add_task("starting the worker", total=None)
        sent = load_and_wait(
            settings,
            broker,
            lambda: _send(broker, topics, format_, logs, bar),
            lambda remaining: bar.update(
                reading, description="reading", total=remaining + 1, completed=0
            ),
        )
        bar.update(reading, description="stitching")
        with opened(settings) as warehouse:
            stitch_now(warehouse, settings, mapping_of(settings))
    return {"records": sent.records, "too_large": sent.too_large, "to": str(warehouse.address)}


def _send(
    broker: Broker, topics: Topics, format_: Format, logs: Sequence[LogFile], bar: Progress
) -> Sent:
    """All files to the format's topic; the sum of what was sent."""
    total = Sent()
    task = bar.add_task("sending", total=None)
    for log in logs:
        sent = send(
            broker,
            topics.raw(format_.source),
            format_.name,
            log.frames(format_),
            partial(_advance, bar, task, total.records),
        )
        total = replace(
            total,
            records=total.records + sent.records,
            too_large=total.too_large + sent.too_large,
            ends={**total.ends, **sent.ends},
        )
    return total


def _advance(bar: Progress, task: TaskID, before: int, count: int) -> None:
    bar.update(task, completed=before + count)


def _tell(settings: Settings, summary: Summary) -> None:
    out.print(f"{summary['records']} records loaded to {summary['to']}")
    if " on " in str(summary["to"]):
        out.print("Running workers store them: faust -A streams.app worker -l info")
        return
    with opened(settings) as warehouse:
        print_table(run_query(warehouse, "contents"))
    for name in (
        "SELECT * FROM stage_funnel",
        "SELECT * FROM paths ORDER BY journeys DESC LIMIT 10",
    ):
        out.print(f'try: cjm sql "{name}" --warehouse {warehouse.address}', soft_wrap=True)
