"""Measures of a definition whose unit is the account: whose journeys they are is the account's."""

from __future__ import annotations

import pytest

from cjm_tracker.answers import map_of
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.measures import Scope, measure_named, measures
from cjm_tracker.personas import Persona
from cjm_tracker.warehouse import Warehouse, run_query, stitch
from cjm_tracker.warehouse.client import Table

from ..warehouse.deeds import MAPPING, Journal, at
from .conftest import Row

DEFINITION = JourneyDefinition(
    name="deals", unit="account", inactivity="90d", goals=["bought"], stages=MAPPING.stages
)
PLAN = MAPPING.model_copy(update={"journeys": [*MAPPING.journeys[:1], DEFINITION]})


@pytest.fixture(scope="module")
def deals(engine: Warehouse) -> Warehouse:
    """Of one account a contact looks and another one buys; of the other one nobody buys."""
    journal = Journal(engine)
    journal.keep(
        at(0, "seen", "user_id:ann", account="account:acme"),
        at(9, "bought", "user_id:bob", account="account:acme"),
        at(5, "seen", "user_id:cid", account="account:bolt"),
        at(6, "seen", "user_id:dan"),
    )
    stitch(engine, PLAN, journal.now + 1)
    return engine


def ask(warehouse: Warehouse, name: str, scope: Scope = Scope(), **given: str) -> list[Row]:  # noqa: B008
    wanted = measure_named(name)
    values = wanted.bound(given, scope, DEFINITION)
    rows = warehouse.query(wanted.query(), values).rows
    return Table(*wanted.finished(rows, values)).dicts()


def test_a_funnel_counts_accounts_across_their_contacts(deals: Warehouse) -> None:
    rows = ask(deals, "funnel", of="touchpoint", steps="seen,bought")
    assert [(row["journeys"], row["customers"]) for row in rows] == [(2, 2), (1, 1)]
    assert rows[1]["median_s"] == 9 * 60


def test_personas_are_kinds_of_accounts(deals: Warehouse) -> None:
    scope = Scope.of([], personas=[Persona(name="buyer", touchpoints=["bought"])])
    rows = ask(deals, "personas", scope)
    assert [(row["persona"], row["customers"]) for row in rows] == [("buyer", 1), ("none", 1)]


@pytest.mark.parametrize("name", ["touchpoints", "transitions", "top_paths"])
def test_contacts_of_no_account_are_left_out(name: str, deals: Warehouse) -> None:
    assert name in measures()
    assert max(row["journeys"] for row in ask(deals, name)) <= 2


def test_the_journey_map_of_one_account(deals: Warehouse) -> None:
    ((acme,),) = run_query(deals, "find_account", wanted="acme").rows
    drawn = map_of(deals, PLAN, "en", DEFINITION, Scope(customers=(acme,)))
    assert (drawn.totals.journeys, drawn.totals.steps, drawn.totals.converted) == (1, 2, 1)
    assert run_query(deals, "find_account", wanted=acme).rows == [(acme,)]
