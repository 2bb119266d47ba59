"""`cjm guess`: which format a log is in, and a mapping to start from."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from cjm_tracker.cli.common import JsonOption, MappingOption, mapping_of, now_ms, out
from cjm_tracker.cli.delivery import plain, table
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import InputError
from cjm_tracker.guess import (
    CERTAIN,
    Candidate,
    Table,
    ranked,
    sample_of,
    shapes,
    starter,
    table_in,
    trial,
)
from cjm_tracker.guess.starter import described
from cjm_tracker.inputs import LogFile, open_logs
from cjm_tracker.mapping import Mapping
from cjm_tracker.settings import load_settings
from cjm_tracker.sources import formats
from cjm_tracker.touchpoints.proposal import touchpoint_named

SHOWN = 3  # candidates


class Guess(NamedTuple):
    """The candidates, the likeliest first; and the table where no known format reads it."""

    candidates: list[Candidate]
    table: Table | None = None

    @property
    def best(self) -> Candidate | None:
        """The one to act upon."""
        first = next(iter(self.candidates), None)
        return first if first and first.confidence >= CERTAIN else None


def guess(
    file: Annotated[str, typer.Argument(help="A log, also .gz and .bz2; - is stdin.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write a mapping to start from."),
    ] = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Say which format a log is in, and propose a mapping for what is in it.

    Every format is tried on the first 200 records; confidence is high where all are read and much
    comes out, and low where another format does as well. A CSV table that no format knows is
    described from its cells, as a format of the mapping's own.
    """
    if output is not None and output.exists():
        raise InputError(f"{output}: is there already; nothing was written")
    plan = mapping_of(load_settings(mapping=mapping))
    with ExitStack() as stack:
        (log,) = open_logs([file], stack)
        found = guessed(log, plan, now_ms())
        must_be = output is not None or not found.candidates
        best = _or_refuse(log.name, found, "nothing was written") if must_be else found.best
        written = _starter(log, best, found.table, plan) if best else ""
    if json:
        print(as_json(_document(found, written)))
    else:
        _print(log.name, found)
    if output is not None:
        _write(output, written)
    if json or best is None:
        return
    if output is not None:
        out.print(plain(f"wrote {output}"), soft_wrap=True)
    _tell_next(file, best, found.table, str(mapping or ""), str(output or ""))


def guessed(log: LogFile, plan: Mapping, now: int) -> Guess:
    """What a log may be; `now` in ms since 1970."""
    sample = sample_of(log)
    found = ranked(sample, trial(plan), now)
    if Guess(found).best:
        return Guess(found)
    name = touchpoint_named("table", log.name.partition(".")[0])
    name += "_table" * (name in formats())
    unknown = table_in(sample, name, plan.identity, now)
    if unknown is None:
        return Guess(found)
    as_table = ranked(sample, trial(unknown.added_to(plan)), now)
    is_best = as_table and as_table[0].format.name == unknown.name
    return Guess(as_table, unknown) if is_best else Guess(found)


def certain(file: str, log: LogFile, plan: Mapping, now: int) -> Candidate:
    """The format that a log is in. Raises `InputError` where that is not certain."""
    found = guessed(log, plan, now)
    if found.table:
        raise InputError(
            f"{log.name}: is in no known format; it looks like a table that a mapping can "
            f"describe: cjm guess {file} -o mapping.yaml"
        )
    return _or_refuse(log.name, found, "name it with --format")


def _or_refuse(name: str, found: Guess, advice: str) -> Candidate:
    if found.best:
        return found.best
    if not found.candidates:
        raise InputError(
            f"{name}: is in no known format, nor a CSV table with a column of times; "
            "cjm formats lists what can be read"
        )
    listed = ", ".join(f"{one.format.name} ({one.confidence:.2f})" for one in _few(found))
    raise InputError(f"{name}: its format is not certain: {listed}; {advice}")


def _few(found: Guess) -> list[Candidate]:
    return found.candidates[:SHOWN]


def _starter(log: LogFile, best: Candidate, unknown: Table | None, plan: Mapping) -> str:
    if unknown:
        plan = unknown.added_to(plan)
    return starter(
        log.name, best.format, shapes(log, best.format, trial(plan), now_ms()), plan, unknown
    )


def _document(found: Guess, written: str) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "format": found.best.format.name if found.best else None,
        "candidates": [
            {
                "format": one.format.name, "source": one.format.source,
                "confidence": round(one.confidence, 4), "records": one.records,
                "events": one.events, "drops": one.drops, "identifiers": one.identifiers,
                "gives": one.gives,
            }
            for one in _few(found)
        ],
        "table": found.table.settings if found.table else None,
        "mapping": written or None,
    }  # fmt: skip


def _print(name: str, found: Guess) -> None:
    best = found.best
    if found.table:
        out.print(plain(f"{name} is a table that no known format reads. As a format of your own:"))
        out.print(plain("\n".join(["", "formats:", *described(found.table)])), soft_wrap=True)
    elif best:
        out.print(plain(f"{name} is {best.format.name}: {best.format.summary}"))
    else:
        out.print(plain(f"{name}: which of these it is, is not certain"))
    grid = table("format", "confidence", "why", right="confidence")
    for one in _few(found):
        grid.add_row(plain(one.format.name), f"{one.confidence:.2f}", plain(one.why))
    out.print(grid)
    if best and best.format.needs_timezone and not found.table:
        out.print("Its times carry no zone: the mapping must name the one they are of.")


def _tell_next(file: str, best: Candidate, table: Table | None, given: str, own: str) -> None:
    """What to run next; `own` is the mapping just written, `given` the one that was named."""
    commands = []
    if own:
        commands += [f"cjm mapping check {own}"]
    if own or not table:
        plan = f" --mapping {own or given}" * bool(own or given)
        commands += [f"cjm validate --format {best.format.name}{plan} {file}"]
    if not own:
        commands += [f"cjm guess {file} -o mapping.yaml"]
    for place, command in enumerate(commands):
        out.print(plain(f"{'    ' if place else 'try:'} {command}"), soft_wrap=True)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
