"""What the warehouse answers: a measure, or a whole journey map, of the journeys asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.map import JourneyMap, read_map
from cjm_tracker.mapping import Language
from cjm_tracker.mapping import Mapping as Plan
from cjm_tracker.measures import Scope, measure_named, scoped
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse import Warehouse
from cjm_tracker.warehouse.client import Table

EVERYTHING = Scope()


def answer_of(
    warehouse: Warehouse,
    name: str,
    given: Mapping[str, str],
    scope: Scope,
    definition: JourneyDefinition,
) -> Table:
    """A measure's answer, with its parameters as a person writes them."""
    wanted = measure_named(name)
    parameters = wanted.bound(given, scope, definition)
    rows = warehouse.query(wanted.query(), parameters).rows
    return Table(*wanted.finished(rows, parameters))


def map_of(
    warehouse: Warehouse,
    plan: Plan,
    language: Language,
    definition: JourneyDefinition,
    scope: Scope = EVERYTHING,
    conditions: tuple[str, ...] = (),
) -> JourneyMap:
    """The map of the journeys asked for; `conditions` say which, as they were written."""

    def lane(name: str) -> list[dict[str, Any]]:
        return warehouse.query(*scoped(sql_text(f"map/{name}.sql"), scope, definition)).dicts()

    def measure(name: str, given: dict[str, str]) -> list[dict[str, Any]]:
        return answer_of(warehouse, name, given, scope, definition).dicts()

    return read_map(
        lane, measure, plan, language, definition=definition.name, conditions=conditions
    )
