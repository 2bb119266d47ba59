"""Journeys of all kinds in one warehouse: the measures of a module are all taken from it."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.client import Table

from ..oracle.measures import ms
from ..warehouse.deeds import DAY, MAPPING, MINUTE, START, Deed, Journal, apart

Row = dict[str, Any]
Ask = Callable[..., list[Row]]

# Times that meet, and gaps on both sides of a window.
GAPS = [0, 0, 1, 5, 10, 29, 30, 31, 60, 200]
LATE = 9_000
KINDS = ["seen", "seen", "compared", "bought", "helped", ""]
# Of some customers the journeys end before the data does, of some they are open.
PLAN = MAPPING.model_copy(
    update={"journeys": [JourneyDefinition(name="measured", inactivity="3h", goals=["bought"])]}
)
DEFINITION = PLAN.definitions[0]


def walks(seed: int, customers: int) -> list[Deed]:
    """What so many customers do; some begin late enough to be open at the end."""
    dice = random.Random(seed)
    deeds = []
    for customer in range(customers):
        is_late = dice.random() < 0.3
        at = START + (LATE if is_late else dice.choice([0, 300])) * MINUTE
        for number in range(dice.randint(1, 4 if is_late else 8)):
            at += dice.choice(GAPS[:-1] if is_late else GAPS) * MINUTE
            source = dice.choice(["website", "website", "call_centre", "store"])
            value = Decimal(dice.randint(1, 90)) if dice.random() < 0.3 else None
            deed = Deed(f"e{number}", at, ("cookie:c1",), dice.choice(KINDS), source, value=value)
            deeds.append(apart(f"{seed}.{customer}", deed))
    return deeds


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """200 customers, and a feed that has been silent for longer than anybody waits."""
    journal = Journal(engine)
    journal.keep(*walks(1, 200))
    journal.keep(Deed("old", START - 400 * DAY, ("cookie:old",), "seen", "survey"))
    stitch(engine, PLAN, journal.now + 1)
    return engine


@pytest.fixture(scope="module")
def journeys(world: Warehouse) -> list[Row]:
    """All of the definition, as the view has them."""
    sql = "SELECT * FROM journeys WHERE definition = {definition:String}"
    return world.query(sql, {"definition": DEFINITION.name}).dicts()


@pytest.fixture(scope="module")
def complete_to(world: Warehouse) -> int:
    """How far the feeds that are alive have come, ms since 1970."""
    feeds = world.query("SELECT source, last_occurred_at FROM feeds WHERE source != 'survey'").rows
    return min(ms(last) for _, last in feeds)


@pytest.fixture(scope="module")
def ask(world: Warehouse) -> Ask:
    """Takes a measure by name, with parameters as a person writes them."""

    def asked(name: str, scope: Scope = Scope(), **given: str) -> list[Row]:  # noqa: B008
        wanted = measure_named(name)
        values = wanted.bound(given, scope, DEFINITION)
        answer = world.query(wanted.query(), values)
        if not wanted.then and answer.rows:  # of no rows the embedded engine names no columns
            assert answer.columns == tuple(wanted.columns)
        return Table(*wanted.finished(answer.rows, values)).dicts()

    return asked
