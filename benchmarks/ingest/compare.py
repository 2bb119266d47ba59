"""Ours against an event-by-event Faust agent, Quix Streams and the engine's limit."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from math import isnan
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Annotated

import typer

from benchmarks.ingest.contenders import (
    LIMIT,
    OURS,
    STAGES,
    Contender,
    Run,
    Stage,
    contenders,
    measure,
)
from benchmarks.ingest.logs import produce, web_events
from benchmarks.measuring import show
from cjm_tracker.broker import EmbeddedBroker
from cjm_tracker.settings import Settings

FEWEST = 20_000  # events for a slow contender, or all there are
BATCH: int = Settings.model_fields["batch_records"].default

Runs = dict[tuple[Contender, Stage], list[Run]]


def ingest(
    events: Annotated[int, typer.Option(help="Web events; a slow contender gets a tenth.")] = (
        200_000
    ),
    repeat: Annotated[int, typer.Option(help="Rounds; the median is shown.")] = 5,
    batch: Annotated[int, typer.Option(help="Records a batch, of ours and of the limit.")] = BATCH,
    stages: Annotated[bool, typer.Option(help="Also stage by stage.")] = True,
) -> None:
    """Ingest: ours, an event-by-event agent, Quix Streams, the limit; then stage by stage."""
    runs: Runs = defaultdict(list)
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        records = web_events(home / "logs", events)
        for number in range(1, repeat + 1):
            _round(runs, records, home, batch, STAGES if stages else ("all",), f"{number}/{repeat}")
    for run in runs[OURS, "all"]:
        if run.records != events:
            raise SystemExit(f"ours stored {run.records:,} records of {events:,}")
    _show_whole(runs, events, repeat)
    if stages:
        _show_stages(runs, contenders(events))


def _round(
    runs: Runs, records: list[bytes], home: Path, batch: int, stages: tuple[Stage, ...], label: str
) -> None:
    """Every contender once: what disturbs the machine disturbs all of them."""
    few = records[: max(FEWEST, len(records) // 10)]
    with EmbeddedBroker() as broker:
        ends = {
            False: produce(broker, "all", records).ends,
            True: produce(broker, "few", few).ends,
        }
        for stage in reversed(stages):
            for contender in contenders(len(records)):
                place = home / f"{contender.module}-{contender.batch or batch}-{stage}"
                prefix = "few" if contender.is_slow else "all"
                run = measure(
                    contender, stage, broker, prefix, ends[contender.is_slow], place, batch
                )
                rmtree(place)
                runs[contender, stage].append(run)
                rate = _written(run.pace.events_per_s, ",.0f")
                print(f"round {label}: {contender.name}, {stage}: {rate}/s", file=sys.stderr)


def _show_whole(runs: Runs, events: int, repeat: int) -> None:
    rate = {who: _rate(of) for (who, stage), of in runs.items() if stage == "all"}
    show(
        f"{events:,} web events, from the broker into the warehouse, median of {repeat}",
        ["", "events/s", "range", "ours / it", "of limit", "CPU µs", "MB"],
        [
            [
                who.name,
                _written(own, ",.0f"),
                _range(runs[who, "all"]),
                _written(rate[OURS] / own, ".2f"),
                _written(own / rate[LIMIT], ".0%"),
                _written(median(run.pace.cpu_us for run in runs[who, "all"]), ".0f"),
                f"{max(run.pace.peak_mb for run in runs[who, 'all']):,.0f}",
            ]
            for who, own in rate.items()
        ],
        f"The agent reads {max(FEWEST, events // 10):,} events at most; it and Quix Streams take"
        " them one by one. The limit is the engine doing all of it in SQL; 50,000: in batches of"
        " so many. CPU (an event) and memory are the process's; the broker is on this machine.\n"
        f"Touchpoints stored: {_stored(runs)}",
    )


def _stored(runs: Runs) -> str:
    return "; ".join(
        f"{who.name}: {of[0].touchpoints:,}" for (who, stage), of in runs.items() if stage == "all"
    )


def _show_stages(runs: Runs, competing: list[Contender]) -> None:
    show(
        "Up to each stage, events/s",
        ["", "consume", "+ decode, validate", "+ map", "+ insert", "all"],
        [
            [who.name, *(_written(_rate(runs[who, stage]), ",.0f") for stage in STAGES)]
            for who in competing
        ],
        "all: ours is the worker itself, with dead letters and ledger; it decodes a batch while"
        " another is inserted. Of the others it is the same again as + insert.",
    )


def _rate(of: list[Run]) -> float:
    return median(run.pace.events_per_s for run in of)


def _range(of: list[Run]) -> str:
    rates = [run.pace.events_per_s for run in of]
    return f"{_written(min(rates), ',.0f')}–{_written(max(rates), ',.0f')}"


def _written(number: float, form: str) -> str:
    """A dash where too few commits were seen to tell."""
    return "–" if isnan(number) else format(number, form)
