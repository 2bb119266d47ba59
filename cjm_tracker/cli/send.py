"""`cjm send`: records to the raw topic, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from cjm_tracker.broker import Broker, Topics, create_topics, send
from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    mapping_of,
    now_ms,
    out,
)
from cjm_tracker.cli.delivery import plain
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.events import FORMAT_HEADER, SOURCES, Record
from cjm_tracker.inputs import LogFile, open_logs
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Fact, Pipeline
from cjm_tracker.running import found
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.sources import Format
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.sources.settings import nearest
from cjm_tracker.warehouse.client import parse_dsn

SHOWN = 20  # records, of many


@dataclass(slots=True)
class Posted:
    """A record at its place, and what the mapping makes of it: a line each of its events."""

    topic: str
    partition: int
    offset: int
    becomes: list[str] = field(default_factory=list)


def send_(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Logs; - is stdin.")
    ] = None,
    event: Annotated[
        str, typer.Option("--event", metavar="JSON", help="One record, instead of a file.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", metavar="S", help="In the usual format of this source.")
    ] = "",
    format_name: Annotated[
        str, typer.Option("--format", metavar="F", help="In this one, see cjm formats.")
    ] = "",
    broker: Annotated[
        str | None, typer.Option("--broker", metavar="HOST:PORT", help="Kafka; cjm up's if unset.")
    ] = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Post records to the broker of cjm up, or to your Kafka, and say where they went.

    Says topic, partition and offset of each, and what the mapping makes of it: a
    touchpoint and its stage, or why it is none.

    Example: cjm send --source website page-views.jsonl
    """
    if bool(files) == bool(event):
        raise InputError("name files to send, or one record by --event JSON")
    settings = load_settings(warehouse=warehouse, mapping=mapping, broker=broker)
    plan = mapping_of(settings)
    format_ = _format(plan, source, format_name)
    settings = _of_up(settings)
    with ExitStack() as stack:
        if event:
            logs = [LogFile("--event", "", BytesIO(event.encode()))]
        else:
            logs = open_logs(files or [], stack)
        posted, too_large = _post(settings, plan, format_, logs)
    if json:
        print(as_json([asdict(one) for one in posted]))
    else:
        _tell(posted)
    if too_large:
        raise InputError(f"{too_large} records are larger than the broker takes: not sent")


def _format(plan: Mapping, source: str, name: str) -> Format:
    if not name:
        if source not in DEFAULT_FORMATS:
            said = f"source '{source}'{nearest(source, list(SOURCES))}" if source else ""
            raise InputError(said or "say what it is: --source website, or --format segment")
        name = DEFAULT_FORMATS[source]
    format_ = plan.format(name)
    if source and format_.source != source:
        raise ConfigError(f"--format {name} is of {format_.source}: leave --source out")
    return format_


def _of_up(settings: Settings) -> Settings:
    """The broker that is named; else that of `cjm up` on this warehouse."""
    if settings.broker:
        return settings
    directory = parse_dsn(settings.warehouse.get_secret_value()).directory
    running = found(directory) if directory else None
    if running is None:
        where = f" on {directory}" if directory else ""
        raise InputError(f"cjm up does not run{where}: start it, or name a Kafka by --broker")
    given = {"broker": running.broker, "topic_prefix": running.topic_prefix}
    return settings.model_copy(update={**given, "kafka_security_protocol": "plaintext"})


def _post(
    settings: Settings, plan: Mapping, format_: Format, logs: Sequence[LogFile]
) -> tuple[list[Posted], int]:
    """Each record where it now lies, and how many were too large."""
    broker, topics = Broker.of(settings), Topics(settings.topic_prefix)
    create_topics(broker, topics, settings.partitions, settings.replication)
    # What identifiers are hashed with changes nothing that is said here.
    pipeline = Pipeline(plan, b"")
    posted, too_large = [], 0
    for log in logs:
        values: dict[int, bytes] = {}
        places: dict[int, tuple[str, int, int]] = {}
        sent = send(
            broker,
            topics.raw(format_.source),
            format_.name,
            _noting(log.frames(format_), values),
            confirmed=lambda number, at, offset: places.update({number: (*at, offset)}),  # noqa: B023
        )
        too_large += len(sent.too_large)
        for number, place in sorted(places.items()):
            becomes = _becomes(pipeline, format_, place, values[number])
            posted.append(Posted(*place, becomes))
    return posted, too_large


def _noting(
    frames: Iterator[tuple[bytes, int]], values: dict[int, bytes]
) -> Iterator[tuple[bytes, int]]:
    for number, (frame, ordinal) in enumerate(frames, start=1):
        values[number] = frame
        yield frame, ordinal


def _becomes(
    pipeline: Pipeline, format_: Format, place: tuple[str, int, int], value: bytes
) -> list[str]:
    record = Record(*place, now_ms(), value, {FORMAT_HEADER: format_.name.encode()})
    batch = pipeline.process([record], format_)
    dead = [f"dead letter, {letter.reason}: {letter.detail}" for letter in batch.dead_letters]
    return [*map(_called, batch.facts), *dead] or ["nothing: no event is in it"]


def _called(fact: Fact) -> str:
    touchpoint = fact.touchpoint
    if touchpoint.drop_reason:
        return f"dropped, {touchpoint.drop_reason}"
    if not touchpoint.name:
        return f"unmapped, no rule names {fact.event.name or 'it'}"
    return f"{touchpoint.name}, {touchpoint.stage or 'no stage'}"


def _tell(posted: list[Posted]) -> None:
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("topic", no_wrap=True)
    grid.add_column("partition", justify="right")
    grid.add_column("offset", justify="right")
    grid.add_column("touchpoint, stage", overflow="fold")
    for one in posted[:SHOWN]:
        said = plain("\n".join(one.becomes))
        grid.add_row(plain(one.topic), str(one.partition), str(one.offset), said)
    if posted:
        out.print(grid)
    more = f", of which the first {SHOWN} are shown" if len(posted) > SHOWN else ""
    records = "record" if len(posted) == 1 else "records"
    out.print(f"{len(posted):,} {records} sent{more}")
