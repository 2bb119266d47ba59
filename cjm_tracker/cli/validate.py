"""`cjm validate`: what would become of a log, before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from cjm_tracker import errors
from cjm_tracker.cli.common import JsonOption, MappingOption, err, mapping_of, now_ms, out
from cjm_tracker.cli.delivery import plain, shown_time, table
from cjm_tracker.cli.formats import drop_meanings, meanings
from cjm_tracker.cli.guess import certain
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import CjmError, InputError
from cjm_tracker.inputs import LogFile, open_logs
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.settings import load_settings
from cjm_tracker.sources import Format
from cjm_tracker.touchpoints.proposal import proposed
from cjm_tracker.validation import Example, Findings
from cjm_tracker.validation import validate as find_out

SHAPES = 15  # of events without a rule
KEY = b"hashes that nobody stores"


class Rejected(CjmError):
    """Some records of a log would become dead letters."""


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Logs, also .gz and .bz2; - is stdin.")
    ],
    format_name: Annotated[
        str, typer.Option("--format", metavar="F", help="See cjm formats; guessed if not given.")
    ] = "",
    mapping: MappingOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Read the first N records.")
    ] = None,
    show: Annotated[
        int, typer.Option("--show", metavar="N", min=0, help="Records to name of each reason.")
    ] = 5,
    json: JsonOption = False,
) -> None:
    """Say what would become of a log's records, and store nothing.

    Each is read by its format and mapped by the rules, as cjm load does it. Exit status 1 where
    records would become dead letters, else 0. Needs neither a warehouse nor a broker.
    """
    plan = mapping_of(load_settings(mapping=mapping))
    with ExitStack() as stack:
        logs = open_logs(files, stack)
        name = format_name or certain(files[0], logs[0], plan, now_ms()).format.name
        format_ = plan.format(name)
        found = _findings(plan, format_, logs, limit, show)
    if not found.records:
        raise InputError(f"{', '.join(files)}: there is no record in it")
    if json:
        print(as_json(_document(found, plan, format_, guessed=not format_name)))
    else:
        guessed = "" if format_name else ", as it seems"
        _print(found, plan, f"{format_.name} ({format_.source}{guessed})", len(logs) > 1)
    if rejected := found.rejected.total():
        raise Rejected(f"{rejected:,} of {found.records:,} records would become dead letters")


def _findings(
    plan: Mapping, format_: Format, logs: Sequence[LogFile], limit: int | None, show: int
) -> Findings:
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.completed:,} records"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)
        return find_out(
            Pipeline(plan, KEY), format_, logs, now_ms(), limit, show,
            lambda count: bar.advance(task, count),
        )  # fmt: skip


def _document(found: Findings, plan: Mapping, format_: Format, *, guessed: bool) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "format": format_.name,
        "format_guessed": guessed,
        "source": format_.source,
        "mapping": plan.version,
        "records": found.records,
        "events": found.events,
        "mapped": found.mapped,
        "unmapped": found.unmapped.total(),
        "dropped": _reasons(found, found.dropped, drop_meanings(), "events"),
        "rejected": _reasons(found, found.rejected, _rejections(), "records"),
        "repeated": found.repeated,
        "identifiers": {
            "events": found.naming, "by_kind": dict(_most(found.identifiers)),
            "none": found.nobody,
        },
        "first_occurred_at": _moment(found.first),
        "last_occurred_at": _moment(found.last),
        "most_frequent_unmapped": [
            {"source": source, "format": format_name, "name": name, "events": events,
             "rule": proposed(source, format_name, name)}
            for (source, format_name, name), events in found.unmapped.most_common(SHAPES)
        ],
    }  # fmt: skip


def _reasons(
    found: Findings, counts: dict[str, int], why: dict[str, str], what: str
) -> list[dict[str, Any]]:
    return [
        {"reason": reason, what: count, "meaning": why.get(reason, BY_RULE),
         "first": [{**one.place._asdict(), "detail": one.detail} for one in found.examples[reason]]}
        for reason, count in _most(counts)
    ]  # fmt: skip


BY_RULE = "a rule of the mapping says so"


def _rejections() -> dict[str, str]:
    return meanings(errors, "DeadLetterReason")


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)


def _print(found: Findings, plan: Mapping, read_as: str, several: bool) -> None:
    out.print(
        plain(
            f"{found.records:,} records read as {read_as} with the mapping {plan.version}: "
            f"{found.events:,} events, {found.rejected.total():,} rejected"
        )
    )
    grid = table("becomes", "reason", "count", "which means", right="count")
    for row in _rows(found):
        grid.add_row(*map(plain, row))
    out.print(grid)
    for line in _rejected(found, several):
        out.print(plain(line), soft_wrap=True)
    for reason, _ in _most(found.dropped):
        if places := [_place(one, several) for one in found.examples[reason]]:
            out.print(plain(f"dropped as {reason}, the first: {', '.join(places)}"))
    if found.unmapped:
        out.print("\nMost frequent without a rule; a rule for each, to be given a stage:")
    for shape, events in found.unmapped.most_common(SHAPES):
        out.print(plain(f"{events:>9,}  {proposed(*shape)}"), soft_wrap=True)
    for line in _remarks(found):
        out.print(plain(f"\n{line}"))


def _rows(found: Findings) -> Iterator[tuple[str, str, str, str]]:
    yield "mapped", "", f"{found.mapped:,}", "events a rule names the touchpoint of"
    yield "unmapped", "", f"{found.unmapped.total():,}", "events no rule matches: kept, and shown"
    drops, rejections = drop_meanings(), _rejections()
    for reason, count in _most(found.dropped):
        yield "dropped", reason, f"{count:,}", drops.get(reason, BY_RULE)
    for reason, count in _most(found.rejected):
        yield "rejected", reason, f"{count:,}", rejections[reason]


def _rejected(found: Findings, several: bool) -> Iterator[str]:
    for reason, count in _most(found.rejected):
        examples = found.examples[reason]
        if examples and count > len(examples):
            yield f"rejected as {reason}, the first {len(examples)}:"
        elif examples:
            yield f"rejected as {reason}:"
        for one in examples:
            yield f"  {_place(one, several)}: {one.detail}"


def _place(example: Example, several: bool) -> str:
    return f"{example.place.file} {example.place}" if several else str(example.place)


def _remarks(found: Findings) -> Iterator[str]:
    first, last = _moment(found.first), _moment(found.last)
    if first and last:
        yield f"the events are of {shown_time(first)} to {shown_time(last)} UTC"
    if found.naming:
        kinds = [f"{kind} {_share(n, found.naming)}" for kind, n in _most(found.identifiers)]
        nobody = f"without any {_share(found.nobody, found.naming)}"
        yield f"identifiers of {found.naming:,} events: {', '.join([*kinds, nobody])}"
    if found.repeated:
        yield (
            f"{found.repeated:,} events have an id that came before: of those with one id one "
            "stands, and is counted"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"
