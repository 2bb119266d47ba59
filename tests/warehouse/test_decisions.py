"""What people decide about who is who: kept, applied by the next stitch, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cjm_tracker.errors import CjmError, ConfigError, InputError, WarehouseUnavailable
from cjm_tracker.identity import DeclaredRules, customer_id, identifier_number
from cjm_tracker.identity.explain import explain
from cjm_tracker.identity.verdicts import Decision, InForce, Verdict
from cjm_tracker.warehouse import Warehouse, migrate, stitch
from cjm_tracker.warehouse.client import Rows as Given
from cjm_tracker.warehouse.decisions import TRIES, Action, decide, decisions, undo
from cjm_tracker.warehouse.evidence import Reader

from ..conftest import forget_everything
from .deeds import DAY, MAPPING, NOW, SHORT, Cut, Deed, Journal, Mortal, apart, at, column, count
from .reading import NOTHING_DECIDED, Decided, Picture, Rows, expected, in_order
from .test_stitch_worlds import deeds

WHO, WHY = "Maria", "she told us"

# Two persons who share a phone, one of them with two devices; some who have nothing to do with
# them; and one so much later that the others' journeys are over.
TOLD = [
    at(0, who="user_id:ana cookie:a1"),
    at(1, who="cookie:a1 cookie:a2"),
    at(2, who="user_id:ana phone:p"),
    at(3, "bought", who="user_id:boris phone:p"),
    at(4, who="cookie:b1"),
    at(5, who="phone:p"),
    at(6, who="user_id:vera cookie:v1"),
    at(7, who="cookie:v1"),
    at(8, "bought", who="cookie:x1"),
    at(9_000, who="cookie:z1"),
]


def number(name: str) -> int:
    return identifier_number(*name.split(":", 1)) if name else 0


class Deciding:
    """A warehouse whose clock ticks with every act."""

    def __init__(self, warehouse: Warehouse, *told: Deed) -> None:
        self.warehouse = warehouse
        self.journal = Journal(warehouse)
        self.journal.keep(*told)
        self.now = NOW + DAY

    def tick(self) -> int:
        self.now += 1_000
        return self.now

    def stitch(self, **more: Any) -> Picture:
        stitch(self.warehouse, SHORT, self.tick(), **more)
        return Picture(self.warehouse, SHORT)

    def decide(self, action: Action, one: str, other: str = "") -> Decision:
        ends = (number(one), number(other))
        return decide(self.warehouse, action, *ends, WHO, WHY, self.tick())

    def undo(self, decision: int) -> Decision:
        return undo(self.warehouse, decision, WHO, WHY, self.tick())


def views(picture: Picture) -> dict[str, Rows]:
    return {view: in_order(rows) for view, rows in picture.rows.items()}


def check(
    picture: Picture, decided: Decided = NOTHING_DECIDED, told: Sequence[Deed] = TOLD
) -> None:
    """All is as the oracle has it, and nothing contradicts itself."""
    assert picture.stitched("short") == expected(told, "short", decided)
    assert picture.broken_invariants() == []


def customer(picture: Picture, name: str) -> str:
    (found,) = (
        row["customer_id"]
        for row in picture.rows["identities"]
        if row["identifier"] == number(name)
    )
    return str(found)


@pytest.fixture
def seen(warehouse: Warehouse) -> Deciding:
    return Deciding(warehouse, *TOLD)


@pytest.fixture
def deciding(seen: Deciding) -> Deciding:
    seen.stitch()
    return seen


class Case(NamedTuple):
    """A decision, and who is one customer (`=`) or not (`!`) by it; else it is the other way."""

    action: Action
    one: str
    other: str
    changes: str

    def decide(self, deciding: Deciding, world: str = "") -> Decision:
        other = self.other and self.other + world
        return deciding.decide(self.action, self.one + world, other)

    def holds(self, picture: Picture, world: str = "") -> bool:
        left, is_one, right = self.changes.replace("!", " ! ").replace("=", " = ").split()
        ends = (customer(picture, left + world), customer(picture, right + world))
        return (ends[0] == ends[1]) == (is_one == "=")


def decided_by(*made: Decision) -> Decided:
    pairs = {
        action: tuple((one.identifier, one.other) for one in made if one.action == action)
        for action in ("include", "exclude", "unmerge")
    }
    return Decided(pairs["include"], pairs["exclude"], tuple(one for one, _ in pairs["unmerge"]))


CASES = {
    "a device included": Case("include", "cookie:b1", "user_id:boris", "cookie:b1=user_id:boris"),
    "two persons included": Case(
        "include", "user_id:vera", "user_id:ana", "cookie:v1=cookie:a2"
    ),
    "a shared phone included": Case("include", "user_id:ana", "phone:p", "phone:p=user_id:ana"),
    "two anonymous included": Case("include", "cookie:x1", "cookie:b1", "cookie:x1=cookie:b1"),
    "a device excluded": Case("exclude", "cookie:a1", "user_id:ana", "cookie:a2!user_id:ana"),
    "a device further off excluded": Case(
        "exclude", "user_id:ana", "cookie:a2", "cookie:a2!user_id:ana"
    ),
    "a phone excluded from one of two": Case(
        "exclude", "user_id:boris", "phone:p", "phone:p=user_id:ana"
    ),
    "a device unmerged": Case("unmerge", "cookie:a1", "", "cookie:a1!user_id:ana"),
    "a login unmerged": Case("unmerge", "user_id:boris", "", "phone:p=user_id:ana"),
    "a login with a device unmerged": Case(
        "unmerge", "user_id:vera", "", "cookie:v1!user_id:vera"
    ),
}  # fmt: skip
LATE = [
    at(20, who="user_id:ana cookie:a1 phone:p"),
    at(21, "helped", who="user_id:boris cookie:b1"),
    at(22, who="cookie:v1 cookie:x1"),
]


# --- taken in, and taken back


class Lives(NamedTuple):
    """What a warehouse says in which each case is a world of its own, decided all together."""

    made: list[Decision]
    before: Picture
    awaiting: Picture
    decided: Picture
    rebuilt: Picture
    undone: Picture
    rebuilt_undone: Picture
    again: Picture  # decided once more, and with late events


def in_worlds(told: Sequence[Deed]) -> list[Deed]:
    return [apart(world, deed) for world in CASES for deed in told]


@pytest.fixture(scope="module")
def lives(engine: Warehouse) -> Lives:
    migrate(engine)
    forget_everything(engine)
    deciding = Deciding(engine, *in_worlds(TOLD))
    before = deciding.stitch()
    made = [case.decide(deciding, f".{world}") for world, case in CASES.items()]
    awaiting = Picture(engine, SHORT)
    decided, rebuilt = deciding.stitch(), deciding.stitch(full=True)
    for one in made:
        deciding.undo(one.number)
    undone, rebuilt_undone = deciding.stitch(), deciding.stitch(full=True)
    for world, case in CASES.items():
        case.decide(deciding, f".{world}")
    deciding.stitch()
    deciding.journal.keep(*in_worlds(LATE))
    return Lives(
        made, before, awaiting, decided, rebuilt, undone, rebuilt_undone, deciding.stitch()
    )


@pytest.mark.parametrize("world", CASES)
def test_a_decision_is_applied_by_the_next_stitch(lives: Lives, world: str) -> None:
    pictures = (lives.before, lives.awaiting, lives.decided, lives.rebuilt, lives.undone)
    found = [CASES[world].holds(picture, f".{world}") for picture in pictures]
    assert found == [False, False, True, True, False]


def test_all_that_is_decided_is_the_oracles(lives: Lives) -> None:
    decided = decided_by(*lives.made)
    for picture, told in (
        (lives.decided, TOLD), (lives.rebuilt, TOLD), (lives.again, TOLD + LATE)
    ):  # fmt: skip
        check(picture, decided, in_worlds(told))


def test_undone_everything_is_as_it_was(lives: Lives) -> None:
    check(lives.before, told=in_worlds(TOLD))
    for picture in (lives.awaiting, lives.undone, lives.rebuilt_undone):
        assert views(picture) == views(lives.before)


def test_decided_and_undone_before_a_stitch_it_changes_nothing(deciding: Deciding) -> None:
    before = Picture(deciding.warehouse, SHORT)
    deciding.undo(deciding.decide("unmerge", "user_id:ana").number)
    assert views(deciding.stitch()) == views(before)


@pytest.mark.parametrize("undone", [[2], [1, 2]], ids=["the unmerging", "both"])
def test_unmerged_and_included_it_goes_back_to_where_its_links_lead(
    warehouse: Warehouse, undone: list[int]
) -> None:
    told = [at(0, who="user_id:ana"), at(1, who="user_id:boris cookie:c1 cookie:c2")]
    deciding = Deciding(warehouse, *told)
    made = [
        deciding.decide("include", "cookie:c1", "user_id:ana"),
        deciding.decide("unmerge", "cookie:c1"),
    ]
    check(deciding.stitch(), decided_by(*made), told)
    for decision in undone:
        deciding.undo(decision)
    standing = [one for one in made if one.number not in undone]
    check(deciding.stitch(), decided_by(*standing), told)


def test_only_the_components_concerned_are_written(deciding: Deciding) -> None:
    deciding.decide("include", "cookie:b1", "user_id:boris")
    picture = deciding.stitch()
    run = "(SELECT max(run) FROM stitched_log)"
    resolved = f"SELECT identifier FROM identity_log WHERE run = {run}"
    # Boris's row is new where his component got its name from the device.
    assert {*column(deciding.warehouse, resolved)} <= {number("cookie:b1"), number("user_id:boris")}
    written = f"SELECT DISTINCT customer_id FROM journey_log WHERE run = {run}"
    assert set(column(deciding.warehouse, written)) == {
        customer(picture, "user_id:boris"),
        customer_id(number("cookie:b1")),  # who is no more
    }


def test_who_was_who_on_a_day_before_stays_known(seen: Deciding) -> None:
    moments, customers = [], []
    for act in (lambda: None, lambda: seen.decide("include", "cookie:b1", "user_id:boris"),
                lambda: seen.undo(1)):  # fmt: skip
        act()
        customers.append(customer(seen.stitch(), "cookie:b1"))
        moments.append(seen.now)
    assert customers[0] == customers[2] != customers[1]
    for moment, found in zip(moments, customers, strict=True):
        assert column(
            seen.warehouse,
            "SELECT customer_id FROM identity_history WHERE kind = 'cookie' AND value = 'b1'"
            f" AND valid_from <= fromUnixTimestamp64Milli({moment})"
            f" AND fromUnixTimestamp64Milli({moment}) < valid_to",
        ) == [found]


@pytest.mark.parametrize(
    ("table", "is_undone"),
    [
        pytest.param("stitch_touched", False, id="at once"),
        pytest.param("stitch_scope", False, id="before the journeys"),
        pytest.param("journey_log", False, id="in the journeys"),
        pytest.param("identity_log", False, id="after the journeys"),
        pytest.param("stitched_log", False, id="at the end"),
        pytest.param("identity_log", True, id="after the journeys, then undone"),
        pytest.param("stitched_log", True, id="at the end, then undone"),
    ],
)
def test_a_stitch_cut_off_after_a_decision_is_made_good_by_the_next(
    deciding: Deciding, table: str, is_undone: bool
) -> None:
    made = CASES["two persons included"].decide(deciding)
    with pytest.raises(Cut):
        stitch(Mortal(deciding.warehouse, table), SHORT, deciding.tick())
    if is_undone:
        deciding.undo(made.number)
    check(deciding.stitch(), decided_by(*([] if is_undone else [made])))


# --- what is kept


def test_decisions_are_numbered_signed_and_dated(seen: Deciding) -> None:
    made = seen.decide("include", "cookie:b1", "user_id:boris")
    back = seen.undo(made.number)
    assert decisions(seen.warehouse) == [made, back]
    assert (made.number, made.by, made.why, made.is_applied) == (1, WHO, WHY, False)
    assert (made.at - datetime(1970, 1, 1)).total_seconds() * 1000 == seen.now - 1_000
    assert (back.number, back.action, back.undoes) == (2, "undo", 1)
    seen.stitch()
    assert [one.is_applied for one in decisions(seen.warehouse)] == [True, True]
    rows = seen.warehouse.query(
        "SELECT decision, action, identifier, other, undoes, stands FROM identity_decisions"
        " ORDER BY decision"
    ).rows
    assert rows == [(1, "include", "cookie:b1", "user_id:boris", 0, 0), (2, "undo", "", "", 1, 0)]


class Crowded(Warehouse):
    """A warehouse where somebody else decides just before, the first few times."""

    def __init__(self, real: Warehouse, others: int) -> None:
        super().__init__(real._client, real.address)
        self._others = others

    def insert(self, table: str, rows: Given, *, once: str = "") -> None:
        if self._others:
            self._others -= 1
            somebody = {**rows, "decided_by": ["Ivan"], "identifier": [number("cookie:x1")]}
            super().insert(table, somebody, once=once)
        super().insert(table, rows, once=once)


def test_of_two_who_decide_at_once_both_are_kept(seen: Deciding) -> None:
    ends = (number("cookie:a1"), 0)
    made = decide(Crowded(seen.warehouse, 2), "unmerge", *ends, WHO, WHY, seen.tick())
    kept = decisions(seen.warehouse)
    assert [(one.number, one.by) for one in kept] == [(1, "Ivan"), (2, "Ivan"), (3, WHO)]
    assert made == kept[2]


def test_who_never_gets_a_number_is_told_to_try_again(seen: Deciding) -> None:
    ends = (number("cookie:a1"), 0)
    with pytest.raises(WarehouseUnavailable, match="try again"):
        decide(Crowded(seen.warehouse, TRIES), "unmerge", *ends, WHO, WHY, seen.tick())


# --- what is refused


@pytest.mark.parametrize(
    ("action", "one", "other", "error", "says"),
    [
        pytest.param("include", "cookie:no", "cookie:x1", InputError, "never seen", id="unknown"),
        pytest.param("unmerge", "cookie:no", "", InputError, "never seen", id="unknown, unmerged"),
        pytest.param("include", "cookie:x1", "cookie:x1", ConfigError, "the same", id="itself"),
        pytest.param("include", "cookie:v1", "cookie:x1", ConfigError,
                     r"decision 1 \(include\) says so already", id="again"),
        pytest.param("include", "cookie:x1", "cookie:v1", ConfigError,
                     r"decision 1 \(include\) says so already", id="again, the other way round"),
        pytest.param("exclude", "cookie:x1", "cookie:v1", ConfigError,
                     r"decision 1 \(include\) says the opposite: undo it first", id="opposite"),
        pytest.param("include", "user_id:ana", "cookie:a2", ConfigError,
                     r"decision 2 \(exclude\) says the opposite: undo it first", id="opposite too"),
        pytest.param("unmerge", "phone:p", "", ConfigError,
                     r"decision 3 \(unmerge\) says so already", id="unmerged again"),
    ],
)  # fmt: skip
def test_a_decision_that_repeats_or_contradicts_is_refused(
    seen: Deciding, action: Action, one: str, other: str, error: type[CjmError], says: str
) -> None:
    seen.decide("include", "cookie:v1", "cookie:x1")
    seen.decide("exclude", "user_id:ana", "cookie:a2")
    seen.decide("unmerge", "phone:p")
    with pytest.raises(error, match=says):
        seen.decide(action, one, other)
    assert count(seen.warehouse, "decision_log") == 3


@pytest.mark.parametrize(
    ("decision", "error", "says"),
    [
        pytest.param(9, InputError, "there is no decision 9", id="unknown"),
        pytest.param(0, InputError, "there is no decision 0", id="zero"),
        pytest.param(1, ConfigError, "decision 1 is undone already, by decision 2", id="undone"),
        pytest.param(2, ConfigError, "decision 2 takes back decision 1.*anew", id="an undo"),
    ],
)
def test_only_a_decision_that_stands_can_be_undone(
    seen: Deciding, decision: int, error: type[CjmError], says: str
) -> None:
    seen.undo(seen.decide("unmerge", "phone:p").number)
    with pytest.raises(error, match=says):
        seen.undo(decision)
    assert count(seen.warehouse, "decision_log") == 2


@pytest.mark.parametrize(("by", "why", "says"), [(" ", WHY, "who"), (WHO, "\n", "why")])
def test_nobody_decides_without_a_name_and_a_reason(
    seen: Deciding, by: str, why: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=f"say {says}"):
        decide(seen.warehouse, "unmerge", number("phone:p"), 0, by, why, seen.tick())
    with pytest.raises(ConfigError, match=f"say {says}"):
        undo(seen.warehouse, 1, by, why, seen.tick())


# --- what is read for an explanation


def reader(warehouse: Warehouse) -> Reader:
    return Reader(warehouse, DeclaredRules([], {}))


def test_what_moved_is_told_by_the_stitch_of_the_decision(deciding: Deciding) -> None:
    deciding.decide("include", "cookie:b1", "user_id:boris")
    assert reader(deciding.warehouse).moved(1) == []
    picture = deciding.stitch()
    deciding.journal.keep(at(30, who="cookie:x1 cookie:v1"))
    deciding.stitch()
    (moved,) = reader(deciding.warehouse).moved(1)
    assert (moved.placed.value, moved.was) == ("b1", number("cookie:b1"))
    assert moved.placed.customer_id == customer(picture, "user_id:boris")


def test_a_customers_identifiers_are_known_as_of_any_time(deciding: Deciding) -> None:
    founder, before = number("user_id:boris"), deciding.now
    deciding.decide("include", "cookie:b1", "user_id:boris")
    deciding.stitch()
    found = reader(deciding.warehouse)
    assert {one.value for one in found.members(founder, 9)[0]} == {"boris", "b1"}
    assert {one.value for one in found.members(founder, 9, before)[0]} == {"boris"}
    assert found.members(founder, 1)[1] == 2
    assert found.members(founder, 9, NOW) == ([], 0)


def test_a_hash_may_be_named_by_its_beginning(warehouse: Warehouse) -> None:
    Journal(warehouse).keep(at(9, who="email:0011aabbcc cookie:0011aabbcc"))
    found = reader(warehouse).beginning("0011aa", ["email", "phone"])
    assert found == [number("email:0011aabbcc")]


choices = st.tuples(
    st.sampled_from(["include", "exclude", "exclude", "unmerge"]),
    st.integers(0, 99),
    st.integers(0, 99),
    st.booleans(),  # undone
)


@given(
    several=st.lists(st.lists(deeds, min_size=1, max_size=10), min_size=3, max_size=3),
    chosen=st.lists(choices, min_size=5, max_size=10),
)
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_decided_the_explanations_agree_with_who_is_who(
    warehouse: Warehouse,
    several: list[list[Deed]],
    chosen: list[tuple[Action, int, int, bool]],
) -> None:
    forget_everything(warehouse)
    told = [apart(world, deed) for world, batch in enumerate(several) for deed in batch]
    deciding = Deciding(warehouse, *told)
    names = sorted({name for deed in told for name in deed.who})
    for action, one, other, is_undone in chosen if names else []:
        ends = (names[one % len(names)], "" if action == "unmerge" else names[other % len(names)])
        with suppress(ConfigError):  # the same twice, or the opposite
            made = deciding.decide(action, *ends)
            if is_undone:
                deciding.undo(made.number)
    deciding.stitch()
    _check_explanations(warehouse, names)


def _check_explanations(warehouse: Warehouse, names: list[str]) -> None:
    """What is read agrees with itself: counted together or link by link, and with who is who."""
    found = reader(warehouse)
    places = found.places(map(number, names))
    in_force = InForce(decisions(warehouse))
    for placed in places.values():
        told = explain(found.facts(placed, 1_000), MAPPING.identity)
        by_other = {one.link.other.number: one for one in told.evidence}
        assert sum(told.totals.values()) == len(by_other)
        for verdict in Verdict:
            listed = [one for one in by_other.values() if one.verdict is verdict]
            assert told.totals[verdict] == len(listed)
        for one in told.evidence:
            assert one.verdict is not Verdict.not_yet
            assert one.verdict.counts <= (one.link.other.component == placed.component)
        assert "when it was last resolved" not in told.why
        assert len(told.chain) == placed.hops or placed.number in in_force.together
