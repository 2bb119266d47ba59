"""`cjm journey ID`: one customer's path."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

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
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import InputError
from cjm_tracker.events import Identifier
from cjm_tracker.identity import Normaliser
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import LANGUAGES, Language, Mapping
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse, run_query

Rows = list[dict[str, Any]]


def journey(
    wanted: Annotated[
        str, typer.Argument(metavar="ID", help="Customer id, login, card, cookie, phone or e-mail.")
    ],
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    language: Annotated[str, typer.Option("--lang", help="en, ru or bg.")] = "en",
    definition: DefinitionOption = "",
    json: JsonOption = False,
) -> None:
    """Print one customer's path across all sources, journey by journey."""
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    cut_by = definition_of(plan, definition, unit="customer")
    with opened(settings) as open_warehouse:
        customer = _find(open_warehouse, settings, plan, wanted)
        parameters = {"customer": customer, "definition": cut_by.name}
        steps = run_query(open_warehouse, "customer_steps", **parameters).dicts()
        identifiers = run_query(open_warehouse, "customer_identifiers", customer=customer).dicts()
    if json:
        print(as_json({"customer_id": customer, "identifiers": identifiers, "steps": steps}))
        return
    known = ", ".join(f"{row['kind']} {row['value']}" for row in identifiers)
    out.print(f"[bold]{customer}[/] is known by {escape(known)}")
    out.print(steps_table(steps, plan, known_language(language)))


def known_language(language: str) -> Language:
    """The language, where there are words for it."""
    for known in LANGUAGES:
        if known == language:
            return known
    raise typer.BadParameter(f"'{language}' is none of {', '.join(LANGUAGES)}")


def _find(warehouse: Warehouse, settings: Settings, plan: Mapping, wanted: str) -> str:
    """The one customer meant; e-mail addresses and phone numbers are looked up by their hash."""
    normalise = Normaliser(
        plan.identity, identity_key(settings.given_key, warehouse.address.directory)
    )
    forms = [
        known.value
        for kind in plan.identity.kinds
        for known in normalise((Identifier(kind, wanted),), "").identifiers
    ]
    rows = run_query(warehouse, "find_customer", wanted=wanted, values=[wanted, *forms]).rows
    if not rows:
        raise InputError(
            f"no customer '{wanted}' in {warehouse.address}: try a customer_id of "
            'cjm sql "SELECT customer_id FROM customers LIMIT 5"'
        )
    if len(rows) > 1:
        several = ", ".join(row[0] for row in rows[:10])
        raise InputError(f"'{wanted}' is an identifier of several customers: {several}")
    return str(rows[0][0])


def steps_table(steps: Rows, plan: Mapping, language: Language) -> Table:
    """A customer's steps, a line each, a rule between journeys."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("when (UTC)", "channel", "stage", "touchpoint", "notes"):
        table.add_column(name, no_wrap=name in ("when (UTC)", "channel"))
    for place, step in enumerate(steps):
        when: datetime = step["occurred_at"]
        after = steps[place + 1] if place + 1 < len(steps) else None
        table.add_row(
            f"{when:%Y-%m-%d %H:%M}",
            plan.label(step["channel"], language),
            plan.label(step["stage"], language) if step["stage"] else "",
            plan.label(step["touchpoint"], language),
            _notes(step),
            end_section=bool(after and after["journey_no"] != step["journey_no"]),
        )
    return table


def _notes(step: dict[str, Any]) -> str:
    notes = []
    if step["is_handoff"]:
        notes.append("changed channel")
    if step["loop_no"] > 1:
        notes.append(f"again (×{step['loop_no']})")
    if step["wait_s"]:
        notes.append(f"waited {step['wait_s']:.0f} s")
    if step["value"] is not None:
        notes.append(f"{step['value']:,.2f}")
    if step["emotion"] is not None:
        notes.append(f"emotion {step['emotion']:+.1f}")
    return ", ".join(notes)
