"""`cjm map`: the journey map as one self-contained page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.cli.common import (
    DefinitionOption,
    MappingOption,
    WarehouseOption,
    asker,
    definition_of,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.journey import known_language
from cjm_tracker.errors import InputError
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.map import read_map, render
from cjm_tracker.mapping import Language, Mapping
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse import Warehouse


def journey_map(
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write.")] = Path(
        "journey-map.html"
    ),
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    language: Annotated[str, typer.Option("--lang", help="en, ru or bg.")] = "en",
    definition: DefinitionOption = "",
) -> None:
    """Draw the journey map: one HTML page that needs no network."""
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    drawn = definition_of(plan, definition)
    with opened(settings) as open_warehouse:
        write_map(open_warehouse, plan, known_language(language), output, drawn)
    out.print(f"{output}")


def write_map(
    warehouse: Warehouse,
    plan: Mapping,
    language: Language,
    output: Path,
    definition: JourneyDefinition,
) -> None:
    """Write the map of one journey definition to `output`."""
    drawn = read_map(asker(warehouse), plan, language, definition=definition.name)
    try:
        output.write_text(render(drawn), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None
