"""`cjm replay`: a range of a topic read again with the mapping in force."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, NamedTuple

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from cjm_tracker.broker import Broker, Position, Range, Topics, read, spans
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
from cjm_tracker.cli.delivery import BrokerOption, DryRun, moment
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import BrokerError, ConfigError
from cjm_tracker.events import SOURCES, Source
from cjm_tracker.replay import Replayed
from cjm_tracker.replay import replay as replay_records
from cjm_tracker.settings import Settings, load_settings


class Offset(NamedTuple):
    """A place in one partition."""

    partition: int
    offset: int


Bound = int | Offset  # ms since 1970, or a place


def replay(
    source: Annotated[Source, typer.Option(help=f"{', '.join(SOURCES)}.", metavar="SOURCE")],
    from_: Annotated[
        str, typer.Option("--from", metavar="PLACE", help="The first record to be read.")
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PLACE", help="The first not to be read; by default, now."),
    ] = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    broker: BrokerOption = None,
    dry_run: DryRun = False,
    json: JsonOption = False,
) -> None:
    """Read a range of a topic again and store it with the mapping in force.

    A PLACE is a time with its zone (2026-10-01T08:00Z), or PARTITION:OFFSET
    for one partition. A time stands, in each partition, for the first record
    the broker had then or later.

    Events take their own place: a second run changes no figure. The workers'
    groups and the ledger's own rows stay as they are; what was read again
    stands in the ledger as replay:TOPIC. Workers may go on meanwhile, with the
    same mapping.

    Examples:

    cjm replay --source website --from 2026-10-01T08:00Z --to 2026-10-01T09:00Z

    cjm replay --source store --from 0:1200 --to 0:1500 --mapping mine.yaml
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping, broker=broker)
    plan = mapping_of(settings)
    begun = now_ms()
    first, last = _bound("--from", from_), begun if to is None else _bound("--to", to)
    address = Broker.of(settings)
    ranges = _ranges(settings, address, source, first, last, begun)
    with opened(settings) as open_warehouse:
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True
        ) as bar:
            task = bar.add_task("reading", total=None)
            seen = 0

            def progress(count: int) -> None:
                nonlocal seen
                seen += count
                bar.update(task, description=f"{seen:,} records")

            done = replay_records(
                settings, plan, open_warehouse, source,
                (records for _, records in read(address, ranges, settings.batch_records)),
                now_ms, dry_run=dry_run, progress=progress,
            )  # fmt: skip
            if done.records and not dry_run:
                bar.update(task, description="stitching")
                stitch_now(open_warehouse, settings, plan)
    if json:
        print(as_json(asdict(done)))
    else:
        _tell(done, dry_run=dry_run)


def _bound(option: str, written: str) -> Bound:
    offset = re.fullmatch(r"(\d{1,9}):(\d{1,18})", written)
    return Offset(int(offset[1]), int(offset[2])) if offset else moment(option, written)


def _ranges(
    settings: Settings, broker: Broker, source: Source, first: Bound, last: Bound, begun: int
) -> dict[Position, Range]:
    """What to read of each partition. The end is fixed now: what comes in later is not read."""
    topic = Topics(settings.topic_prefix).raw(source)
    named = {bound.partition for bound in (first, last) if isinstance(bound, Offset)}
    if len(named) > 1:
        raise ConfigError("--from and --to name two partitions: run cjm replay for each")
    if type(first) is type(last) and first >= last:  # type: ignore[operator]
        raise ConfigError("--from is not before --to")
    there = spans(broker, [topic])
    if not there:
        raise BrokerError(f"broker {broker} has no topic {topic}: see cjm topics list")
    if missing := [number for number in named if Position(topic, number) not in there]:
        raise BrokerError(f"{topic} has no partition {missing[0]}: see cjm topics list")
    range_ = Range(
        first=first.offset if isinstance(first, Offset) else 0,
        next=last.offset if isinstance(last, Offset) else None,
        since=None if isinstance(first, Offset) else first,
        until=None if isinstance(last, Offset) else min(last, begun),
    )
    places = [Position(topic, number) for number in named] or list(there)
    return dict.fromkeys(places, range_)


def _tell(done: Replayed, *, dry_run: bool) -> None:
    if not done.records:
        out.print("the broker has no record in this range")
        return
    for partition, (first, last) in sorted(done.ranges.items()):
        out.print(f"partition {partition}: offsets {first} to {last}")
    verb = "would be" if dry_run else "were"
    out.print(
        f"{done.records:,} records {verb} read again: {done.stored:,} stored, {done.dropped:,} "
        f"dropped, {done.dead_letters:,} dead letters"
    )
    if done.understood:
        out.print(f"{done.understood:,} dead letters are understood now")
