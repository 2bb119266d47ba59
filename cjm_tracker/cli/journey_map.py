"""`cjm map`: the journey map as one self-contained page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.answers import answer_of, map_of
from cjm_tracker.cli.common import (
    DefinitionOption,
    MappingOption,
    WarehouseOption,
    definition_of,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.drift import READ
from cjm_tracker.cli.journey import known_language
from cjm_tracker.cli.measure import (
    AgainstOption,
    AgainstSinceOption,
    AgainstUntilOption,
    SinceOption,
    UntilOption,
    WhereOption,
    scope_of,
)
from cjm_tracker.drift import Drawn, Written, drift, read_sheet
from cjm_tracker.errors import InputError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.map import (
    JourneyMap,
    capitalised,
    check_ending,
    with_drawn,
    with_other,
    written,
)
from cjm_tracker.mapping import Mapping
from cjm_tracker.measures import Scope, instead
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse, run_query


def journey_map(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The file to write: .html, .svg, .png, .pdf or .csv."),
    ] = Path("journey-map.html"),
    where: WhereOption = None,
    persona: Annotated[
        str, typer.Option(metavar="NAME", help="Only customers of it, as in --where persona=NAME.")
    ] = "",
    account: Annotated[
        str, typer.Option(metavar="ACCOUNT", help="Only journeys of this account.")
    ] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    against: AgainstOption = None,
    against_since: AgainstSinceOption = None,
    against_until: AgainstUntilOption = None,
    drawn: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Compare with a drawn map, CSV or YAML, and fill in what people wrote there.",
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    language: Annotated[str, typer.Option("--lang", help="en, ru or bg.")] = "en",
    definition: DefinitionOption = "",
) -> None:
    """Draw the journey map: a page that needs no network, a picture, paper or a table.

    pdf and png are made by Chromium, where it is installed.

    Example: cjm map --where channel=store --since 2026-01-01 -o store.html
    """
    check_ending(output.suffix)
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan, words = mapping_of(settings), known_language(language)
    cut_by = definition_of(plan, definition, unit="account" if account else "")
    conditions = [*(where or []), *([f"persona={persona}"] if persona else [])]
    asked = _Asked(plan, conditions, since, until, account)
    other = _other(asked, against or [], against_since, against_until)
    theirs = read_sheet(drawn, cut_by.stages, plan.labels) if drawn else None
    with opened(settings) as open_warehouse:
        scope = asked.scope(open_warehouse)
        made = map_of(open_warehouse, plan, words, cut_by, scope, asked.said)
        if other:
            earlier = map_of(
                open_warehouse, plan, words, cut_by, other.scope(open_warehouse), other.said
            )
            made = with_other(made, earlier)
        if theirs:
            made = _beside(open_warehouse, plan, made, theirs, scope, cut_by)
    write(made, output, plan)
    out.print(f"{output}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which journeys a person asks for; wrong conditions are refused when it is made."""

    plan: Mapping
    conditions: list[str]
    since: datetime | None
    until: datetime | None
    account: str

    def __post_init__(self) -> None:
        scope_of(self.plan, self.conditions, self.since, self.until)

    def scope(self, warehouse: Warehouse) -> Scope:
        asked = scope_of(self.plan, self.conditions, self.since, self.until)
        if self.account:
            asked = replace(asked, customers=_accounts(warehouse, self.account))
        return asked

    @property
    def said(self) -> tuple[str, ...]:
        """What was asked for, as it was written."""
        ends = (("since", self.since), ("until", self.until))
        account = [f"account={self.account}"] if self.account else []
        return (
            *self.conditions,
            *account,
            *(f"{name} {end:%Y-%m-%d}" for name, end in ends if end),
        )


def _other(
    asked: _Asked, against: list[str], since: datetime | None, until: datetime | None
) -> _Asked | None:
    if not (against or since or until):
        return None
    if since or until:
        asked = replace(asked, since=since, until=until)
    return replace(asked, conditions=instead(asked.conditions, against))


def _accounts(warehouse: Warehouse, wanted: str) -> tuple[str, ...]:
    rows = run_query(warehouse, "find_account", wanted=wanted).rows
    if not rows:
        raise InputError(
            f"no account '{wanted}' in {warehouse.address}: "
            'cjm sql "SELECT account_id, value FROM accounts LIMIT 5" shows some'
        )
    return tuple(found for (found,) in rows)


def _beside(
    warehouse: Warehouse,
    plan: Mapping,
    made: JourneyMap,
    theirs: tuple[list[Drawn], Written],
    scope: Scope,
    definition: JourneyDefinition,
) -> JourneyMap:
    drawn, written = theirs
    found = [
        answer_of(warehouse, name, given, scope, definition).dicts()
        for name, given in (READ.items() if drawn else ())
    ]
    measured = drift(drawn, *found) if drawn else None
    return with_drawn(
        made, drawn, written, measured, lambda name: capitalised(plan.label(name, made.language))
    )


def write(drawn: JourneyMap, output: Path, plan: Mapping) -> None:
    """Write the map to `output`, in the form that its ending names."""
    text = written(drawn, output.suffix, plan.labels)
    try:
        output.write_bytes(text)
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None
