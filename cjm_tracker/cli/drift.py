"""`cjm drift`: a drawn journey map beside the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from cjm_tracker.answers import answer_of
from cjm_tracker.cli.common import (
    DefinitionOption,
    JsonOption,
    MappingOption,
    WarehouseOption,
    definition_of,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.measure import SinceOption, UntilOption, WhereOption, scope_of
from cjm_tracker.cli.sql import as_json
from cjm_tracker.drift import Drawn, Drift, drift, read_drawn
from cjm_tracker.drift.compare import Felt
from cjm_tracker.settings import load_settings

UNKNOWN = "no rule of the mapping names it"
# The measures that a map is compared with, and their parameters.
READ: dict[str, dict[str, str]] = {"touchpoints": {}, "transitions": {"limit": "999999999"}}


def drift_of_map(
    drawn: Annotated[
        Path,
        typer.Argument(
            metavar="DRAWN",
            help="The map, CSV or YAML: stage, touchpoint, channel, emotion, loop_to.",
        ),
    ],
    where: WhereOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    definition: DefinitionOption = "",
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """How far a drawn map is from the log: what it leaves out, adds, and feels otherwise.

    A row of the map is a touchpoint, in the map's order; emotion runs from -2 to
    +2, and loop_to names where journeys go back to. Only stage and touchpoint
    must be there.

    Example: cjm drift map.csv --where channel=store
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    cut_by = definition_of(plan, definition)
    rows = read_drawn(drawn, cut_by.stages, plan.labels)
    scope = scope_of(plan, where, since, until)
    with opened(settings) as open_warehouse:
        found = [
            answer_of(open_warehouse, name, given, scope, cut_by).dicts()
            for name, given in READ.items()
        ]
    measured = drift(rows, *found)
    if json:
        print(as_json({"score": measured.score, **_plain(measured)}))
    else:
        _report(measured, rows, plan.touchpoints)


def _plain(measured: Drift) -> dict[str, object]:
    return {
        name: [one._asdict() if hasattr(one, "_asdict") else one for one in value]
        if isinstance(value, list)
        else value
        for name, value in asdict(measured).items()
    }


def _report(measured: Drift, drawn: list[Drawn], rules: Iterable[str]) -> None:
    if measured.score is None:
        out.print("No journeys to compare the map with.")
        return
    out.print(f"The map fits the log by [bold]{measured.score:.2f}[/] of 1, the mean of:")
    for part, words in (
        (measured.covered, "of all steps are at a drawn touchpoint, in its drawn stage"),
        (measured.alive, "of the drawn touchpoints are visited"),
        (measured.straight, "of the transitions between them are as drawn"),
        (measured.felt, "of the drawn emotions that can be told are as drawn"),
    ):
        out.print(f"  {'   –' if part is None else f'{part:4.0%}'}  {words}")
    known = set(rules)
    _table(
        "Visited, not drawn",
        ("touchpoint", "stage", "journeys", "of all"),
        [(*one[:2], f"{one.journeys:,}", f"{one.share:.0%}") for one in measured.undrawn],
    )
    _table(
        "Drawn, not visited",
        ("touchpoint", ""),
        [(name, "" if name in known else UNKNOWN) for name in measured.unvisited],
    )
    for what, elsewhere in (("stage", measured.other_stage), ("channel", measured.other_channel)):
        _table(
            f"In another {what} than drawn",
            ("touchpoint", "drawn", "measured", "steps", "of its"),
            [
                (*one[:2], ", ".join(one.measured), f"{one.steps:,}", f"{one.share:.0%}")
                for one in elsewhere
            ],
        )
    _table(
        "Loops hidden",
        ("touchpoint", "goes back to", "times", "of all"),
        [(*one[:2], f"{one.transitions:,}", f"{one.share:.1%}") for one in measured.loops],
        most=10,
    )
    _table(
        "Emotions",
        ("touchpoint", "drawn", "measured", "n", "95 %", ""),
        [
            (one.touchpoint, f"{one.drawn:+g}", *_measured(one), one.verdict)
            for one in measured.feelings
        ],
    )


def _measured(one: Felt) -> tuple[str, str, str]:
    if one.measured is None:
        return "", "0", ""
    return f"{one.measured:+.2f}", str(one.n), f"{one.low:+.2f} … {one.high:+.2f}"


def _table(
    title: str, headings: tuple[str, ...], found: list[tuple[str, ...]], most: int = 1_000
) -> None:
    if not found:
        return
    more = f" (the first {most} of {len(found)})" if len(found) > most else ""
    out.print(f"\n[bold]{title}[/]{more}")
    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in found[:most]:
        table.add_row(*map(escape, row))
    out.print(table)
