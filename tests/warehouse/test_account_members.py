"""Who is in which account, when; and that the steps of a contact who moves are divided so."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from cjm_tracker.identity import customer_id
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.warehouse import Warehouse, stitch

from ..conftest import forget_everything
from .deeds import MAPPING, MINUTE, START, Deed, Journal, apart, at
from .reading import Rows, expected, in_order, read

DEALS = JourneyDefinition(name="deals", unit="account", inactivity="999d")
PLAN = MAPPING.model_copy(update={"journeys": [MAPPING.journeys[1], DEALS]})
EVER = round(datetime(2299, 12, 31, tzinfo=UTC).timestamp() * 1000)

MEMBERS = "SELECT * FROM account_members"
STEPS = "SELECT customer_id, contact, occurred_at FROM steps WHERE definition = 'deals'"


def number(name: str) -> str:
    return f"a{Deed('', 0, account=f'account:{name}').account_number:016x}"


def members(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in in_order(read(warehouse, MEMBERS))]


def test_a_contact_who_moves_leaves_what_was_before_behind(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    journal.keep(
        at(0, who="user_id:ann"),
        at(10, who="user_id:ann", account="account:old"),
        at(20, who="user_id:ann"),
        at(25, who="user_id:bob", account="account:old"),
        at(30, who="user_id:ann", account="account:new"),
        at(40, who="user_id:ann"),
    )
    stitch(warehouse, PLAN, journal.now)
    ann, bob = (
        customer_id(Deed("", 0, (f"user_id:{name}",)).numbers[0]) for name in ("ann", "bob")
    )
    assert sorted(members(warehouse), key=lambda row: row[2]) == [
        (number("old"), ann, START, START + 30 * MINUTE, 0, 1),
        (number("old"), bob, START + 25 * MINUTE, EVER, 1, 1),
        (number("new"), ann, START + 30 * MINUTE, EVER, 1, 1),
    ]
    minutes = {"old": [0, 10, 20, 25], "new": [30, 40]}
    assert {
        (row["customer_id"], (row["occurred_at"] - START) // MINUTE)
        for row in read(warehouse, STEPS)
    } == {(number(name), minute) for name, its in minutes.items() for minute in its}
    # An event that comes late moves the time of the change, in the journeys as in the view.
    journal.keep(at(15, who="user_id:ann", account="account:new"))
    stitch(warehouse, PLAN, journal.now)
    assert (number("old"), ann, START, START + 15 * MINUTE, 0, 1) in members(warehouse)
    moved = [row for row in read(warehouse, STEPS) if row["customer_id"] == number("new")]
    assert len(moved) == 4


def told() -> Iterable[Deed]:
    """In 20 worlds, people of several identifiers name accounts, or do not."""
    dice = random.Random(7)
    for world in range(20):
        for n in range(dice.randint(2, 12)):
            account = dice.choice(["", "", "account:A", "account:B", "account:C"])
            who = dice.choice([("user_id:u1",), ("user_id:u1", "cookie:c1"), ("cookie:c1",),
                               ("user_id:u2",)])  # fmt: skip
            minute = dice.randint(0, 300) * 10 + n % 10  # no two at once
            dropped = dice.choice(["", "", "identity_only"])
            deed = Deed(f"e{n % 7}", START + minute * MINUTE + n, who, account=account,
                        drop_reason=dropped, revision=n // 7)  # fmt: skip
            yield apart(world, deed)


def by_hand(deeds: list[Deed]) -> list[tuple[object, ...]]:
    """Event after event of each customer, as the oracle knows them."""
    wanted = expected(deeds, "deals", mapping=PLAN)
    whose = {row["identifier"]: row["customer_id"] for row in wanted["identities"]}
    newest: dict[str, Deed] = {}
    first: dict[str, int] = {}
    for deed in deeds:
        held = newest.get(deed.id)
        if held is None or deed.revision > held.revision:
            newest[deed.id] = deed
        for one in deed.numbers:
            first[whose[one]] = min(deed.at, first.get(whose[one], deed.at))
    found: list[list[object]] = []
    last: dict[str, list[object]] = {}
    for deed in sorted(newest.values(), key=lambda one: one.at):
        customer = whose[deed.numbers[0]]
        account = f"a{deed.account_number:016x}"
        if not deed.account_number or not customer:
            continue
        before = last.get(customer)
        if before and before[0] == account:
            before[5] += 1  # type: ignore[operator]
            continue
        if before:
            before[3:5] = [deed.at, 0]
        last[customer] = [account, customer, deed.at if before else first[customer], EVER, 1, 1]
        found.append(last[customer])
    return sorted(map(tuple, found), key=str)


@pytest.mark.parametrize("is_at_once", [True, False])
def test_in_generated_worlds_it_is_as_by_hand(warehouse: Warehouse, is_at_once: bool) -> None:
    forget_everything(warehouse)
    journal, deeds = Journal(warehouse), list(told())
    random.Random(1).shuffle(deeds)
    half = len(deeds) // 2
    for part in [deeds] if is_at_once else [deeds[:half], deeds[half:]]:
        journal.keep(*part)
        stitch(warehouse, PLAN, journal.now)
    assert sorted(members(warehouse), key=str) == by_hand(deeds)
    steps: Rows = read(warehouse, STEPS)
    assert len(steps) == len(expected(deeds, "deals", mapping=PLAN)["steps"]) > 50
    stays = {(account, contact): [] for account, contact, *_ in members(warehouse)}
    for account, contact, since, until, *_ in members(warehouse):
        stays[account, contact].append((since, until))
    for step in steps:
        mine = stays[step["customer_id"], step["contact"]]
        assert any(since <= step["occurred_at"] < until for since, until in mine)
