"""`cjm lag`: how far the workers are behind the topics."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from cjm_tracker.broker import Broker, Position, Topics, committed, first_records, spans
from cjm_tracker.cli.common import JsonOption, now_ms, out
from cjm_tracker.cli.delivery import BrokerOption, groups, plain, table
from cjm_tracker.cli.sql import as_json
from cjm_tracker.events import SOURCES, Record
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.wording import seconds


@dataclass(frozen=True, slots=True)
class Behind:
    """One partition of one source."""

    source: str
    partition: int
    first: int  # offset of the earliest record the broker keeps
    next: int  # offset the next record will have
    committed: int | None  # offset read up to; None: nothing was read yet
    lag: int  # records to be read
    waiting_s: float | None  # how long the earliest of them has waited


def lag(
    broker: BrokerOption = None,
    most: Annotated[
        int | None,
        typer.Option(
            "--max", metavar="N", min=0, help="Exit 1 when a partition is further behind."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show how many records of each partition wait to be read, and how long.

    Counted in offsets, as Kafka counts: the markers of transactions are among
    them. A consumer group the broker does not know has read nothing.

    For an alarm: cjm lag --max 10000
    """
    settings = load_settings(broker=broker)
    rows = behind(settings, Broker.of(settings), now_ms())
    over = [row for row in rows if most is not None and row.lag > most]
    if json:
        total = {"lag": sum(row.lag for row in rows), "over": len(over)}
        print(as_json({**total, "partitions": [asdict(row) for row in rows]}))
    else:
        _tell(settings, rows)
        if over:
            out.print(f"{len(over)} partitions are more than {most:,} behind")
    if over:
        raise typer.Exit(1)


def behind(settings: Settings, broker: Broker, now: int) -> list[Behind]:
    """Every partition of every source's topic. `now` is ms since 1970."""
    topics = Topics(settings.topic_prefix)
    of = {topics.raw(source): source for source in SOURCES}
    # Asked first: what is read meanwhile makes the lag too large, never negative.
    read = committed(broker, groups(settings))
    there = spans(broker, of)
    starts = {place: span.following(read.get(place)) for place, span in there.items()}
    lags = {place: span.unread(read.get(place)) for place, span in there.items()}
    oldest = first_records(broker, {place: starts[place] for place in there if lags[place]})
    return [
        Behind(
            source=of[place.topic],
            partition=place.partition,
            first=span.first,
            # The embedded broker names its end too low.
            next=max(span.next, starts[place]),
            committed=read.get(place),
            lag=lags[place],
            waiting_s=_waiting(oldest, place, now),
        )
        for place, span in there.items()
    ]


def _waiting(oldest: dict[Position, Record], place: Position, now: int) -> float | None:
    record = oldest.get(place)
    return None if record is None else max(0, now - record.received_at) / 1000


def _tell(settings: Settings, rows: list[Behind]) -> None:
    numbers = "partition,first,next,committed,lag,waiting"
    grid = table("source", *numbers.split(","), right=numbers)
    for row in rows:
        grid.add_row(
            row.source, f"{row.partition}", f"{row.first:,}", f"{row.next:,}",
            "nothing" if row.committed is None else f"{row.committed:,}", f"{row.lag:,}",
            "" if row.waiting_s is None else seconds(row.waiting_s),
        )  # fmt: skip
    if rows:
        out.print(grid)
    absent = [source for source in SOURCES if source not in {row.source for row in rows}]
    if absent:
        names = ", ".join(Topics(settings.topic_prefix).raw(source) for source in absent)
        out.print(plain(f"not there: {names} (cjm topics create)"))
    total = sum(row.lag for row in rows)
    out.print(f"{total:,} records wait to be read" if total else "everything is read")
