"""Journeys and a funnel under another strictness of identity: the oracle's, and nothing is left."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from cjm_tracker.identity.strictness import STRICTNESS, Strictness, under
from cjm_tracker.mapping import Mapping
from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.measures.band import funnel_bands
from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.client import Table
from cjm_tracker.warehouse.decisions import decide
from cjm_tracker.warehouse.restitch import restitched

from ..oracle import measures as oracle
from ..oracle.measures import Asked
from ..warehouse.deeds import MINUTE, START, Deed, Journal, apart
from ..warehouse.reading import Decided, Rows, expected, in_order, read
from ..warehouse.test_stitch_worlds import STRONG, WEAK, WORLD, ranked
from .conftest import DEFINITION, Row

PLAN = WORLD.model_copy(update={"journeys": [DEFINITION]})
STEPS = [["seen"], ["compared", "bought"], ["helped"]]
VIEWS = {
    "journeys": "* EXCEPT (definition, version)",
    "touchpoints": "source, event_id, customer_id, touchpoint",
    "identities": "identifier, customer_id, standing, hops",
}


def by(strictness: Strictness) -> Mapping:
    return PLAN.model_copy(update={"identity": under(PLAN.identity, strictness)})


def told() -> list[Deed]:
    """Of 60 small worlds: people who share devices, log in late, or are never known."""
    dice = random.Random(11)
    deeds = []
    for world in range(60):
        for number in range(dice.randint(3, 12)):
            who = {*dice.sample(STRONG, dice.choice([0, 0, 1])), *dice.sample(WEAK, 2)}
            deed = Deed(
                f"e{number}",
                START + dice.choice([0, 5, 30, 60, 300, 9_000]) * MINUTE + number,
                ranked(who),
                dice.choice(["seen", "seen", "compared", "bought", "helped"]),
                dice.choice(["website", "store"]),
            )
            deeds.append(apart(world, deed))
    return deeds


DEEDS = told()
ENDS = next(deed for deed in DEEDS if len(deed.numbers) == 2)
DECIDED = Decided(excluded=((ENDS.numbers[0], ENDS.numbers[1]),))


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    journal = Journal(engine)
    journal.keep(*DEEDS)
    decide(engine, "exclude", *ENDS.numbers, "test", "test", journal.now)
    stitch(engine, PLAN, journal.now + 1)
    return engine


def pictured(warehouse: Warehouse) -> dict[str, Rows]:
    return {
        view: in_order(read(warehouse, f"SELECT {what} FROM {view}"))
        for view, what in VIEWS.items()
    }


def funnel(warehouse: Warehouse) -> list[Row]:
    wanted = measure_named("funnel")
    given = {"of": "touchpoint", "steps": ", ".join("|".join(names) for names in STEPS)}
    values = wanted.bound(given, Scope(), DEFINITION)
    rows = warehouse.query(wanted.query(), values).rows
    return Table(*wanted.finished(rows, values)).dicts()


def footprint(warehouse: Warehouse) -> dict[str, Any]:
    """Every table and view, and what is in the tables."""
    tables = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase()"
    ).rows
    return {
        name: name.endswith("_log")
        and warehouse.query(f"SELECT count(), sum(sipHash64(*)) FROM {name}").rows
        for (name,) in tables
    }


class Reading(NamedTuple):
    views: dict[str, Rows]
    funnel: list[Row]


@pytest.fixture(scope="module")
def readings(world: Warehouse) -> dict[Strictness, Reading]:
    """What the views and the funnel say under each."""
    found: dict[Strictness, Reading] = {}
    for strictness in STRICTNESS:
        with restitched(world, by(strictness), part=40) as there:
            found[strictness] = Reading(pictured(there), funnel(there))
    return found


@pytest.mark.parametrize("strictness", STRICTNESS)
def test_journeys_and_the_funnel_are_the_oracles(
    readings: dict[Strictness, Reading], strictness: Strictness
) -> None:
    wanted = expected(DEEDS, DEFINITION.name, DECIDED, by(strictness))
    found, steps = readings[strictness]
    assert found == {view: wanted[view] for view in VIEWS}

    def moment(at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC)

    journeys = [
        row | {"times": [*map(moment, row["times"])], "closes_at": moment(row["closes_at"])}
        for row in wanted["journeys"]
    ]
    complete_to = min(
        max(deed.at for deed in DEEDS if deed.source == source) for source in ("website", "store")
    )
    for one, other in zip(
        steps, oracle.funnel(journeys, Asked(STEPS, [0, 0, 0]), complete_to), strict=True
    ):
        assert {name: one[name] for name in other} == pytest.approx(other)


def test_as_the_mapping_says_is_as_it_is(
    world: Warehouse, readings: dict[Strictness, Reading]
) -> None:
    assert readings["default"] == (pictured(world), funnel(world))


def test_strict_links_nothing_weak_and_loose_shuts_nobody_out(
    readings: dict[Strictness, Reading],
) -> None:
    kinds = {number: one for deed in DEEDS for number, one in zip(deed.numbers, deed.who)}  # noqa: B905
    persons = {
        strictness: Counter(row["customer_id"] for row in reading.views["identities"])
        for strictness, reading in readings.items()
    }
    weak = [
        row
        for row in readings["strict"].views["identities"]
        if not kinds[row["identifier"]].startswith(("customer_number:", "user_id:"))
    ]
    assert {persons["strict"][row["customer_id"]] for row in weak if row["customer_id"]} == {1}
    assert {
        row["standing"]
        for row in readings["loose"].views["identities"]
        if not kinds[row["identifier"]].startswith("cookie:kiosk")
    } == {"person", "linked", "anonymous", "shared"}
    counts = [len(persons[strictness]) for strictness in STRICTNESS]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) == 3


def test_nothing_of_the_real_tables_changes(world: Warehouse) -> None:
    before = footprint(world)
    with restitched(world, by("loose")) as there:
        assert pictured(there) != pictured(world)
    assert footprint(world) == before


def test_nothing_stays_where_it_is_cut_off(world: Warehouse) -> None:
    before = footprint(world)

    def cut(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), restitched(world, by("strict"), progress=cut):
        pass
    assert footprint(world) == before


def test_a_band_holds_all_three_and_no_data_is_a_gap() -> None:
    def of(journeys: int, share: float | None) -> list[Row]:
        figures = {"customers": journeys, "share": share, "of_previous": None}
        return [{"step_no": 1, "step": "seen", "journeys": journeys, **figures}]

    (row,) = funnel_bands({"loose": of(9, 0.3), "default": of(5, 0.5), "strict": of(7, None)})
    assert (row["journeys_low"], row["journeys"], row["journeys_high"]) == (5, 5, 9)
    assert (row["share_low"], row["share"], row["share_high"]) == (0.3, 0.5, 0.5)
    assert row["of_previous_low"] is row["of_previous"] is row["of_previous_high"] is None
