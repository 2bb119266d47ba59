"""`cjm measure`: what journeys tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
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
from cjm_tracker.cli.sql import Form, print_answer
from cjm_tracker.errors import InputError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.mapping import Mapping as Plan
from cjm_tracker.measures import (
    Measure,
    Scope,
    Side,
    compared,
    instead,
    measure_named,
    measures,
)
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse
from cjm_tracker.warehouse.client import Table as Answer

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Only journeys with it: channel, source, touchpoint, stage, converted, customer, "
        "persona, attribute.NAME; several values with commas. May be repeated: all must hold.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="A parameter; cjm measure NAME --about lists them."
    ),
]
SinceOption = Annotated[
    datetime | None, typer.Option(formats=DATES, help="Journeys started then or later, UTC.")
]
UntilOption = Annotated[
    datetime | None, typer.Option(formats=DATES, help="Journeys started before, UTC.")
]

AgainstOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Compare with the same journeys, but for this condition instead. May be repeated.",
    ),
]
AgainstSinceOption = Annotated[
    datetime | None, typer.Option(formats=DATES, help="Or but for this period, UTC.")
]
AgainstUntilOption = Annotated[
    datetime | None, typer.Option(formats=DATES, help="As --until, of that period.")
]


def completed(incomplete: str) -> list[tuple[str, str]]:
    """The measures whose names begin so, with their titles: for the shell's completion."""
    return [(name, one.title) for name, one in measures().items() if name.startswith(incomplete)]


def measure(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Which one; none: list them.", autocompletion=completed
        ),
    ] = "",
    where: WhereOption = None,
    given: SetOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    against: AgainstOption = None,
    against_since: AgainstSinceOption = None,
    against_until: AgainstUntilOption = None,
    definition: DefinitionOption = "",
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    about: Annotated[bool, typer.Option(help="Say what it means and takes; ask nothing.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print its SQL; ask nothing.")] = False,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Funnel, paths, times, attribution and more, all from the same journeys.

    Example: cjm measure funnel --where channel=store --set steps=consideration,purchase
    Example: cjm measure touchpoints --where persona=caller --against persona=regular
    """
    if not name:
        _list()
        return
    wanted = measure_named(name)
    if about:
        _tell(wanted)
        return
    if sql:
        print(wanted.query())
        return
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    cut_by = definition_of(plan, definition)
    scope, values = scope_of(plan, where, since, until), given_of(given)
    wanted.bound(values, scope, cut_by)  # what is wrong is said before anything is opened
    other = None
    if against or against_since or against_until:
        _comparable(wanted)
        period = (against_since, against_until)
        if not any(period):
            period = (since, until)
        other = scope_of(plan, instead(where or [], against or []), *period)
    with opened(settings) as open_warehouse:
        if other:
            answer = side_by_side(open_warehouse, name, values, scope, other, cut_by)
        else:
            answer = answer_of(open_warehouse, name, values, scope, cut_by)
    form = Form.json if json else Form.csv if csv else Form.table
    print_answer(answer, form, len(wanted.keys) + (other is not None))


def scope_of(
    plan: Plan, where: list[str] | None, since: datetime | None, until: datetime | None
) -> Scope:
    """The journeys that a person asks for."""
    return Scope.of(where or [], _utc(since), _utc(until), plan.personas)


def given_of(written: list[str] | None) -> dict[str, str]:
    """Parameters by name, as a person writes them."""
    pairs = [(one, *one.partition("=")) for one in written or []]
    for one, _, is_one, _ in pairs:
        if not is_one:
            raise InputError(f"--set {one}: a parameter is given as NAME=VALUE")
    return {name: value for _, name, _, value in pairs}


def side_by_side(
    warehouse: Warehouse,
    name: str,
    given: Mapping[str, str],
    scope: Scope,
    other: Scope,
    definition: JourneyDefinition,
) -> Answer:
    """A measure of two sets of journeys; see `compared`."""
    wanted, limit = measure_named(name), 0
    whole = dict(given)
    if "limit" in wanted.parameters:  # what one side has many of must not be cut off the other
        limit = int(given.get("limit", wanted.parameters["limit"].default))
        whole["limit"] = "999999999"

    def side(journeys: Scope) -> Side:
        (totals,) = answer_of(warehouse, "totals", {}, journeys, definition).dicts()
        rows = answer_of(warehouse, name, whole, journeys, definition).dicts()
        return Side(rows, totals["journeys"])

    return Answer(*compared(wanted, side(scope), side(other), limit))


def _comparable(wanted: Measure) -> None:
    if not wanted.compared:
        others = ", ".join(name for name, one in measures().items() if one.compared)
        raise InputError(f"{wanted.name}: nothing of it can be set side by side, but of {others}")


def _list() -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("measure", "what it tells"):
        table.add_column(heading, no_wrap=heading == "measure")
    for each in measures().values():
        table.add_row(each.name, each.words.strip())
    out.print(table)
    out.print("cjm measure NAME --about tells what a measure means and takes.")


def _tell(wanted: Measure) -> None:
    said = {wanted.title: wanted.words} | {
        heading.replace("_", " "): getattr(wanted, heading)
        for heading in ("formula", "source", "unit", "small_samples", "notes")
    }
    said["side by side, by --against"] = ", ".join(wanted.figures)
    for heading, text in said.items():
        if text:
            # The console breaks lines where it ends; a file's own breaks in a sentence are no more.
            told = re.sub(r"(?<![.:])\n", " ", text.strip())
            out.print(f"[bold]{heading}[/]: {escape(told)}\n")
    table = Table("parameter", "default", "meaning", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, parameter in wanted.parameters.items():
        choices = f" ({', '.join(parameter.choices)})" if parameter.choices else ""
        choices += f" ({parameter.most} at most)" if parameter.most else ""
        table.add_row(name, parameter.default, escape(parameter.words + choices))
    out.print(table)
    table = Table("column", "meaning", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, words in wanted.columns.items():
        table.add_row(name, escape(words))
    out.print(table)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
