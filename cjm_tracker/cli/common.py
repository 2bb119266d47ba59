"""What commands share: options, consoles, an open warehouse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cjm_tracker.errors import InputError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping, load_mapping
from cjm_tracker.settings import Settings
from cjm_tracker.warehouse import (
    StitchResult,
    Warehouse,
    check,
    connect,
    migrate,
    run_query,
    stitch,
)

# Answers go to stdout, everything about how they come to be to stderr.
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

WarehouseOption = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        metavar="DSN",
        help="chdb:///directory or clickhouse://user:password@host:port/database.",
    ),
]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="Mapping file (YAML), or a preset's name."),
]
DefinitionOption = Annotated[
    str,
    typer.Option(
        "--definition", metavar="NAME", help="Journey definition; the mapping's first by default."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def now_ms() -> int:
    """Now, as ms since 1970."""
    return time.time_ns() // 1_000_000


@contextmanager
def opened(settings: Settings, *, existing: bool = True) -> Iterator[Warehouse]:
    """The warehouse, at this version's schema: found so, or (not `existing`) brought to it."""
    dsn = settings.warehouse.get_secret_value()
    with connect(dsn, create=not existing) as warehouse:
        (check if existing else migrate)(warehouse)
        yield warehouse


def mapping_of(settings: Settings) -> Mapping:
    """The mapping in force."""
    return load_mapping(settings.mapping or DEFAULT_MAPPING)


def definition_of(plan: Mapping, name: str, *, unit: str = "") -> JourneyDefinition:
    """The journey definition of that name; without a name the first of that unit."""
    found = plan.definition(name, unit=unit)
    if found is None:
        known = ", ".join(one.name for one in plan.definitions if one.unit == (unit or one.unit))
        whose = f" of {unit}s" if unit else ""
        raise InputError(
            f"the mapping has no journey definition{f' {name!r}' * bool(name)}{whose}; "
            f"it has {known or 'none'}"
        )
    return found


def stitch_now(warehouse: Warehouse, settings: Settings, plan: Mapping) -> StitchResult:
    """Take in what was stored since the last stitch."""
    return stitch(warehouse, plan, now_ms(), key=key_of(settings, warehouse))


def key_of(settings: Settings, warehouse: Warehouse) -> bytes:
    """The key of the hashes that stand for e-mail addresses and phone numbers."""
    return identity_key(settings.given_key, warehouse.address.directory)


def asker(warehouse: Warehouse) -> Callable[[str, dict[str, Any]], list[dict[str, Any]]]:
    """A function that runs a named query, for rooms that do not know the warehouse."""
    return lambda name, parameters: run_query(warehouse, name, **parameters).dicts()
