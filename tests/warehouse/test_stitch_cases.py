"""Where journeys are cut, and where contacts go that are revised: tables of small worlds.

All worlds of a table lie in one warehouse and are stitched together; each test looks at its own.
"""

from __future__ import annotations

from typing import Any

import pytest

from cjm_tracker.warehouse import Warehouse, migrate, stitch

from ..conftest import forget_everything
from .deeds import SHORT, Deed, Journal, apart, at
from .reading import Picture, Rows, expected, in_order

PHONE: dict[str, Any] = {"source": "call_centre"}

CUTS: dict[str, tuple[list[Deed], list[str]]] = {
    "a gap as long as the patience does not cut": ([at(0), at(30)], ["seen"]),
    "a longer one cuts": ([at(0), at(30.001)], ["seen", "seen"]),
    "gaps do not add up": ([at(0), at(29), at(58), at(87)], ["seen"]),
    "a gap begins at the end of a contact": ([at(0, duration_s=600), at(40)], ["seen"]),
    "and not a millisecond later": ([at(0, duration_s=600), at(40.001)], ["seen", "seen"]),
    "a negative duration is none": ([at(0, duration_s=-600), at(30)], ["seen"]),
    "the later channel is patient": ([at(0), at(120, **PHONE)], ["seen"]),
    "the earlier channel is patient": ([at(0, **PHONE), at(120)], ["seen"]),
    "even patience ends": ([at(0, **PHONE), at(120.001)], ["seen", "seen"]),
    "none of the two is patient": ([at(0), at(120)], ["seen", "seen"]),
    "a start begins anew": ([at(0), at(1, "compared")], ["seen", "compared"]),
    "what follows a start stays with it": ([at(0, "compared"), at(1)], ["compared > seen"]),
    "every start begins anew": ([at(0, "compared"), at(1, "compared")], ["compared", "compared"]),
    "an end ends": ([at(0, "helped"), at(1)], ["helped", "seen"]),
    "what comes before an end stays with it": ([at(0), at(1, "helped")], ["seen > helped"]),
    "a goal does not cut": ([at(0), at(1, "bought"), at(2)], ["seen > bought > seen"]),
    "a repeated step is written once": ([at(0), at(1), at(2)], ["seen"]),
    "a loop is written as it was": ([at(0), at(1, "bought"), at(2), at(3, "bought")],
                                    ["seen > bought > seen > bought"]),
    "an unmapped event is no step": ([at(0), at(1, ""), at(2, "bought")], ["seen > bought"]),
    "and bridges no gap": ([at(0), at(20, ""), at(40)], ["seen", "seen"]),
    "a dropped event is no step": ([at(0), at(1, drop_reason="no_answer")], ["seen"]),
    "two customers are two": ([at(0), at(1, who="cookie:c2")], ["seen", "seen"]),
}  # fmt: skip

# What the record said of the caller at first, and in its revision. The phone p1 is a household's,
# so its own steps are not its people's.
MOVES = {
    "the caller is recognised later": ("phone:p1", "user_id:u1 phone:p1"),
    "the caller was mistaken for another": ("user_id:u1 phone:p1", "phone:p1"),
    "the caller is another": ("user_id:u1", "user_id:u2"),
    "the number is corrected": ("phone:p2", "phone:p1"),
    "the number is withdrawn": ("phone:p1", ""),
    "the number is added": ("", "phone:p1"),
}
ORDERS = {"in order": 1, "newest first": -1}


def fresh(engine: Warehouse) -> Journal:
    migrate(engine)
    forget_everything(engine)
    return Journal(engine)


def of_case(rows: Rows, case: str) -> Rows:
    return in_order(row for row in rows if row["event_id"].startswith(f"{case}: "))


# --- cuts


@pytest.fixture(scope="module")
def cuts(engine: Warehouse) -> tuple[Picture, dict[str, Rows]]:
    told = [apart(case, deed) for case, (deeds, _) in CUTS.items() for deed in deeds]
    journal = fresh(engine)
    journal.keep(*told)
    stitch(engine, SHORT, journal.now)
    return Picture(engine, SHORT), expected(told, "short")


@pytest.mark.parametrize("case", CUTS)
def test_journeys_are_cut_as_defined(cuts: tuple[Picture, dict[str, Rows]], case: str) -> None:
    picture, _ = cuts
    customers = {row["customer_id"] for row in of_case(picture.of("steps", "short"), case)}
    journeys = [row for row in picture.of("journeys", "short") if row["customer_id"] in customers]
    journeys.sort(key=lambda row: (row["started_at"], row["journey_no"]))
    assert [row["path_text"] for row in journeys] == CUTS[case][1]


def test_all_cuts_together_are_the_oracles(cuts: tuple[Picture, dict[str, Rows]]) -> None:
    picture, oracle = cuts
    assert picture.stitched("short") == oracle
    assert picture.broken_invariants() == []


# --- moves


@pytest.fixture(scope="module")
def moves(engine: Warehouse) -> tuple[Picture, Picture, dict[str, Rows]]:
    """After increments, after a rebuild, and by the oracle."""
    batches: list[list[Deed]] = [[], [], [], []]
    for case, who in MOVES.items():
        for order, direction in ORDERS.items():
            states = [
                at(0, who=who[0], id="call", revision=1, **PHONE),
                at(0, "helped", who=who[1], id="call", revision=2, **PHONE),
            ]
            before = [at(-2, who="user_id:u1 phone:p1"), at(-1, who="user_id:u2 phone:p1")]
            after = [at(1, who="phone:p1"), at(2, who="phone:p2"), at(3, who="user_id:u1")]
            parts = [before, *([state] for state in states[::direction]), after]
            for batch, part in zip(batches, parts, strict=True):
                batch += [apart(f"{case}, {order}", deed) for deed in part]
    journal = fresh(engine)
    for batch in batches:
        journal.keep(*batch)
        stitch(engine, SHORT, journal.now)
    grown = Picture(engine, SHORT)
    stitch(engine, SHORT, journal.now, full=True)
    told = [deed for batch in batches for deed in batch]
    return grown, Picture(engine, SHORT), expected(told, "short")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("case", MOVES)
def test_a_contact_that_is_revised_moves_to_its_new_customer(
    moves: tuple[Picture, Picture, dict[str, Rows]], case: str, order: str
) -> None:
    grown, _, oracle = moves
    name = f"{case}, {order}"
    assert of_case(grown.stitched("short")["steps"], name) == of_case(oracle["steps"], name)


@pytest.mark.parametrize("when", [0, 1], ids=["after increments", "after a rebuild"])
def test_all_moves_together_are_the_oracles(
    moves: tuple[Picture, Picture, dict[str, Rows]], when: int
) -> None:
    assert moves[when].stitched("short") == moves[2]
    assert moves[when].broken_invariants() == []
