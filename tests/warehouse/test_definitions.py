"""Journey definitions: side by side, changed, of accounts; and what no definition may break.

Tables of small worlds that lie in one warehouse, as in `test_stitch_cases`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cjm_tracker.events import Record
from cjm_tracker.identity import customer_id, identifier_number
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, stitch, store
from cjm_tracker.warehouse.client import Rows as Given
from cjm_tracker.warehouse.rebuild import rebuild

from ..conftest import forget_everything
from .deeds import (
    MAPPING,
    NOW,
    START,
    VERSION,
    Cut,
    Deed,
    Journal,
    Mortal,
    apart,
    at,
    column,
    count,
)
from .reading import Picture, Rows, expected, in_order
from .test_remap import AS_TOLD
from .test_stitch_cases import fresh, of_case
from .test_stitch_worlds import WORLD, deeds


def having(*journeys: dict[str, Any], over: Mapping = MAPPING) -> Mapping:
    """The mapping with these journey definitions."""
    return Mapping.model_validate(over.model_dump(mode="json") | {"journeys": journeys})


def stitched(warehouse: Warehouse, told: Iterable[Deed], mapping: Mapping) -> Picture:
    journal = Journal(warehouse)
    journal.keep(*told)
    stitch(warehouse, mapping, journal.now)
    return Picture(warehouse, mapping)


def paths(rows: Rows) -> list[str]:
    return [row["path_text"] for row in sorted(rows, key=lambda row: row["started_at"])]


# --- only from a start, and the look-back window

# Deeds, the paths they make, how many of them are outside, and of each step how many minutes it is
# to the goal, with a ! where that is beyond the window.
FROM_START: dict[str, tuple[list[Deed], list[str], int, list[str]]] = {
    "what no start came before is outside": (
        [at(0), at(1, "compared"), at(2)], ["compared > seen"], 1, ["", ""]),
    "without a start there is no journey": ([at(0), at(1, "bought")], [], 2, []),
    "after an end nothing begins but a start": (
        [at(0, "compared"), at(1, "helped"), at(2), at(3, "compared")],
        ["compared > helped", "compared"], 1, ["1", "0", ""]),
    "nor after silence": ([at(0, "compared"), at(61), at(62)], ["compared"], 2, [""]),
    "every start begins anew": (
        [at(0, "compared"), at(1, "compared")], ["compared", "compared"], 0, ["", ""]),
    "the window reaches as far as it is long": (
        [at(0, "compared"), at(30, "bought")], ["compared > bought"], 0, ["30", "0"]),
    "and not a millisecond further": (
        [at(0, "compared"), at(30.001, "bought")], ["compared > bought"], 0, ["!30", "0"]),
    "it reaches back from the next goal": (
        [at(0, "compared"), at(5, "bought"), at(10), at(50, "bought"), at(51)],
        ["compared > bought > seen > bought > seen"], 0, ["5", "0", "!40", "0", ""]),
    "a goal of the next journey is none of this one": (
        [at(0, "compared"), at(1, "compared"), at(2, "bought")],
        ["compared", "compared > bought"], 0, ["", "1", "0"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def from_start(engine: Warehouse) -> tuple[Picture, dict[str, Rows]]:
    told = [apart(case, deed) for case, row in FROM_START.items() for deed in row[0]]
    picture = stitched(fresh(engine).warehouse, told, MAPPING)
    return picture, expected(told, "from_start")


@pytest.mark.parametrize("case", FROM_START)
def test_a_journey_may_begin_at_a_start_only(
    from_start: tuple[Picture, dict[str, Rows]], case: str
) -> None:
    deeds_, expected_paths, outside, to_goal = FROM_START[case]
    steps = of_case(from_start[0].of("steps", "from_start"), case)
    steps.sort(key=lambda row: row["occurred_at"])
    customers = {row["customer_id"] for row in steps}
    journeys = from_start[0].of("journeys", "from_start")
    assert paths([row for row in journeys if row["customer_id"] in customers]) == expected_paths
    assert len(deeds_) - len(steps) == outside
    assert [_minutes(row) for row in steps] == to_goal


def _minutes(step: dict[str, Any]) -> str:
    seconds = step["seconds_to_goal"]
    return "" if seconds is None else "!" * (1 - step["in_lookback"]) + f"{seconds // 60:.0f}"


def test_all_of_them_together_are_the_oracles(
    from_start: tuple[Picture, dict[str, Rows]],
) -> None:
    picture, oracle = from_start
    assert picture.stitched("from_start") == oracle
    assert picture.broken_invariants() == []


def test_a_step_says_what_became_of_its_journey(warehouse: Warehouse) -> None:
    told = [at(0), at(31), at(60, "", who="cookie:c2")]
    steps = stitched(warehouse, told, MAPPING).of("steps", "short")
    assert [(step["end_reason"], step["is_open"]) for step in steps] == [("inactivity", 0), ("", 1)]


# --- stages of one's own

JOURNEYS = {
    "ana": ["seen", "bought"],
    "boris": ["seen"],
    "carl": ["seen", "bought", "helped"],
    "dora": ["seen"],  # an hour ago: still open
}
# Stages in order, those in brackets optional; and of each: journeys = went on + still open + ended
# here, of whom dropped off.
FUNNELS: dict[str, tuple[str, list[str]]] = {
    "all are required": ("awareness purchase service", ["4=2+1+1 1", "2=1+0+1 1", "1=0+0+1 0"]),
    "the last may be left out": (
        "awareness purchase (service)", ["4=2+1+1 1", "2=1+0+1 0", "1=0+0+1 0"]),
    "one in between may": ("awareness (purchase) service", ["4=2+1+1 1", "2=1+0+1 1", "1=0+0+1 0"]),
    "all but the first may": (
        "awareness (purchase) (service)", ["4=2+1+1 0", "2=1+0+1 0", "1=0+0+1 0"]),
    "another order": ("service purchase awareness", ["1=0+0+1 1", "2=0+0+2 2", "4=0+1+3 0"]),
    "one it does not look at": ("awareness service", ["4=1+1+2 2", "1=0+0+1 0"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def funnels(engine: Warehouse) -> Picture:
    written = [(f"d{number}", row[0].split()) for number, row in enumerate(FUNNELS.values())]
    definitions = [
        {
            "name": name,
            "inactivity": "2h",
            "stages": [stage.strip("()") for stage in stages],
            "optional_stages": [stage.strip("()") for stage in stages if stage[0] == "("],
        }
        for name, stages in written
    ]
    told = [
        at(minute + (500 if who == "dora" else 0), name, f"user_id:{who}", id=f"{who} {minute}")
        for who, names in JOURNEYS.items()
        for minute, name in enumerate(names)
    ]
    return stitched(fresh(engine).warehouse, told, having(*definitions))


@pytest.mark.parametrize("case", FUNNELS)
def test_a_funnel_is_of_the_definitions_own_stages(funnels: Picture, case: str) -> None:
    stages, figures = FUNNELS[case]
    rows = funnels.of("stage_funnel", f"d{list(FUNNELS).index(case)}")
    rows.sort(key=lambda row: row["stage_no"])
    assert [
        f"({row['stage']})" if row["is_optional"] else row["stage"] for row in rows
    ] == stages.split()
    assert [
        "{journeys}={went_on}+{still_open}+{ended_here} {dropped_off}".format(**row) for row in rows
    ] == figures


def test_funnels_contradict_nothing(funnels: Picture) -> None:
    assert funnels.broken_invariants() == []


# --- versions


def short(**changed: Any) -> dict[str, Any]:
    return {"name": "short", "inactivity": "30m", **changed}


def applied(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """By definition: when it was first used, and who is not written by it yet."""
    rows = warehouse.query(
        "SELECT definition, toUnixTimestamp64Milli(since), behind FROM definitions"
    )
    return {name: (since, behind) for name, since, behind in rows.rows}


@pytest.fixture
def two_customers(warehouse: Warehouse) -> Journal:
    journal = Journal(warehouse)
    journal.keep(at(0, who="cookie:c1"), at(0, who="cookie:c2", id="other"))
    stitch(warehouse, having(short()), journal.now)
    journal.keep(at(1, who="cookie:c1"))
    return journal


def test_a_definition_is_known_by_all_it_says(warehouse: Warehouse) -> None:
    stitched(warehouse, [at(0)], MAPPING)
    (row,) = warehouse.query("SELECT * FROM definitions WHERE definition = 'from_start'").dicts()
    since = row.pop("since")
    assert round(since.timestamp() * 1000) == NOW + 1
    assert row == {
        "definition": "from_start",
        "position": 3,
        "version": MAPPING.definitions[2].version,
        "unit": "customer",
        "stages": ["service", "awareness"],
        "optional_stages": ["awareness"],
        "goals": ["bought", "helped"],
        "starts_at": ["compared"],
        "only_from_start": 1,
        "ends_at": ["helped"],
        "inactivity_s": 3600,
        "inactivity_by_channel_s": {},
        "lookback_s": 1800,
        "journeys": 0,
        "steps": 0,
        "outside": 1,
        "behind": 0,
    }


def test_what_did_not_change_is_not_written_again(two_customers: Journal) -> None:
    warehouse = two_customers.warehouse
    before = (applied(warehouse), count(warehouse, "definition_log"))
    stitch(warehouse, having(short()), two_customers.now)
    assert (applied(warehouse), count(warehouse, "definition_log")) == before


def test_a_change_is_applied_to_whoever_is_touched_and_then_to_all(two_customers: Journal) -> None:
    warehouse, changed = two_customers.warehouse, having(short(inactivity="31m"))
    stitch(warehouse, changed, two_customers.now)
    assert applied(warehouse) == {"short": (two_customers.now, 1)}
    old, new = having(short()).definitions[0].version, changed.definitions[0].version
    assert set(column(warehouse, "SELECT version FROM journeys")) == {old, new}
    stitch(warehouse, changed, two_customers.now, full=True)
    assert applied(warehouse) == {"short": (two_customers.now, 0)}
    assert set(column(warehouse, "SELECT version FROM journey_log FINAL")) == {new}


def test_a_new_definition_is_applied_to_whoever_is_touched(two_customers: Journal) -> None:
    warehouse, more = two_customers.warehouse, having(short(), short(name="other"))
    stitch(warehouse, more, two_customers.now)
    assert applied(warehouse) == {"short": (NOW + 1, 0), "other": (two_customers.now, 1)}
    stitch(warehouse, more, two_customers.now, full=True)
    assert {behind for _, behind in applied(warehouse).values()} == {0}


def test_a_definition_that_is_no_more_is_not_in_force(two_customers: Journal) -> None:
    stitch(two_customers.warehouse, having(short(name="other")), two_customers.now)
    assert list(applied(two_customers.warehouse)) == ["other"]


def test_a_rebuild_leaves_nothing_of_another_unit(two_customers: Journal) -> None:
    warehouse, changed = two_customers.warehouse, having(short(unit="account"))
    two_customers.keep(at(2, who="cookie:c1", account="account:A"))
    stitch(warehouse, changed, two_customers.now)
    assert applied(warehouse)["short"][1] == 2  # both customers; the account is written
    stitch(warehouse, changed, two_customers.now, full=True)
    assert applied(warehouse)["short"][1] == 0
    assert {id[0] for id in column(warehouse, "SELECT customer_id FROM journey_log FINAL")} == {"a"}


@pytest.mark.parametrize(
    ("definitions", "steps"),
    [
        ([short(name="z"), short(name="a", starts_at=["compared"], only_from_start=True)], [2]),
        ([short(name="a", unit="account"), short(name="z")], [2]),
        ([short(name="a", unit="account")], []),
        ([short(starts_at=["compared"], only_from_start=True)], []),
    ],
    ids=["the file's order", "of customers", "none of customers", "nothing in it"],
)
def test_customers_are_counted_by_the_first_definition_of_theirs(
    warehouse: Warehouse, definitions: list[dict[str, Any]], steps: list[int]
) -> None:
    picture = stitched(warehouse, [at(0), at(1, account="account:A")], having(*definitions))
    assert [row["steps"] for row in picture.rows["customers"]] == steps
    assert picture.broken_invariants() == []


# --- accounts

OF_ACCOUNTS = [
    {"name": "account", "unit": "account", "inactivity": "10h", "goals": ["bought"]},
    {
        "name": "complaint",
        "unit": "account",
        "starts_at": ["compared"],
        "only_from_start": True,
        "ends_at": ["helped"],
    },
]
ACCOUNTS = having({"name": "whole_life", "inactivity": "99999d"}, *OF_ACCOUNTS).model_copy(
    update={"identity": WORLD.identity}
)


def of(account: str, *deed: Any, **more: Any) -> Deed:
    return at(*deed, account=account and f"account:{account}", **more)


ANA, BORIS, CARL = (f"user_id:{name}" for name in ("ana", "boris", "carl"))
# Batches in the order they arrive; then the path of each account that has one.
MEMBERS: dict[str, tuple[list[list[Deed]], dict[str, str]]] = {
    "two contacts of one account": (
        [[of("A", 0, "seen", ANA)], [of("A", 1, "bought", BORIS)], [of("", 2, "seen", ANA)]],
        {"A": "seen > bought > seen"}),
    "two accounts": (
        [[of("A", 0, "seen", ANA), of("B", 1, "bought", BORIS)]], {"A": "seen", "B": "bought"}),
    "a contact changes account in mid-journey": (
        [[of("A", 0, "seen", ANA), of("", 1, "compared", ANA)],
         [of("B", 2, "bought", ANA), of("", 3, "helped", ANA)]],
        {"A": "seen > compared", "B": "bought > helped"}),
    "and back": (
        [[of("A", 0, "seen", ANA), of("B", 2, "compared", ANA)], [of("A", 4, "bought", ANA)],
         [of("", 5, "helped", ANA), of("", 3, "seen", ANA, id="late"), of("", 1, "helped", ANA)]],
        {"A": "seen > helped > bought > helped", "B": "compared > seen"}),
    "an event names another account than the contact's": (
        [[of("A", 0, "seen", ANA), of("A", 2, "helped", ANA)], [of("B", 1, "bought", ANA)]],
        {"A": "seen > helped", "B": "bought"}),
    "what came before any account was named is the first one's": (
        [[of("", 0, "seen", ANA)], [of("A", 1, "bought", ANA)], [of("B", 2, "helped", ANA)]],
        {"A": "seen > bought", "B": "helped"}),
    "an earlier account that is named late": (
        [[of("A", 5, "bought", ANA), of("", 2, "compared", ANA)], [of("B", 1, "seen", ANA)]],
        {"A": "bought", "B": "seen > compared"}),
    "a customer who names none is in none": ([[of("", 0, "seen", ANA)]], {}),
    "an event that is no touchpoint names it": (
        [[of("", 1, "seen", ANA)], [of("A", 0, "", ANA)]], {"A": "seen"}),
    "a dropped one too": (
        [[of("", 1, "seen", ANA)], [of("A", 0, "seen", ANA, drop_reason="identity_only")]],
        {"A": "seen"}),
    "an account without a touchpoint": (
        [[of("A", 0, "seen", ANA, drop_reason="identity_only")]], {}),
    "an event of nobody": (
        [[of("A", 0, "seen", "")], [of("A", 1, "bought", ANA)]], {"A": "bought"}),
    "in one instant the order of steps decides": (
        [[of("", 0, "seen", ANA, id="a"), of("A", 0, "compared", ANA, id="b"),
          of("", 0, "bought", ANA, id="c"), of("B", 0, "helped", ANA, id="d")]],
        {"A": "seen > compared > bought", "B": "helped"}),
    "a log-in brings what the browser did": (
        [[of("", 0, "seen", "cookie:c1")], [of("A", 1, "bought", f"{ANA} cookie:c1")]],
        {"A": "seen > bought"}),
    "contacts that turn out to be one": (
        [[of("A", 0, "seen", "cookie:c1"), of("", 2, "compared", "cookie:c2")],
         [of("B", 1, "bought", "cookie:c2")], [of("", 3, "helped", "cookie:c1 cookie:c2")]],
        {"A": "seen", "B": "bought > compared > helped"}),
    "a contact that turns out to be two": (
        [[of("A", 0, "seen", f"{ANA} cookie:t"), of("", 1, "compared", "cookie:t")],
         [of("B", 2, "bought", f"{BORIS} cookie:t")]],
        {"A": "seen", "B": "bought"}),
    "a contact that turns out to be nobody": (
        [[of("A", 0, "seen", "cookie:t")],
         [of("", n, "helped", f"user_id:u{n} cookie:t") for n in range(1, 5)]],
        {}),
    "a revision that names another account": (
        [[of("A", 0, "seen", ANA, id="e", revision=1)],
         [of("B", 0, "bought", ANA, id="e", revision=2)]],
        {"B": "bought"}),
    "a revision that names none": (
        [[of("A", 0, "seen", ANA, id="e", revision=1)],
         [of("", 0, "bought", ANA, id="e", revision=2)]],
        {}),
    "a revision that names another contact": (
        [[of("A", 0, "seen", ANA, id="e", revision=1), of("", 1, "compared", ANA)],
         [of("A", 0, "bought", BORIS, id="e", revision=2)]],
        {"A": "bought"}),
    "an older revision that comes later": (
        [[of("B", 0, "bought", BORIS, id="e", revision=2)],
         [of("A", 0, "seen", ANA, id="e", revision=1)]],
        {"B": "bought"}),
    "one contact is touched, the others are not": (
        [[of("A", 0, "seen", ANA), of("", 1, "compared", f"{ANA} cookie:a"),
          of("", 2, "seen", "cookie:a")],
         [of("A", 3, "bought", BORIS)], [of("A", 4, "helped", CARL)]],
        {"A": "seen > compared > seen > bought > helped"}),
}  # fmt: skip


def checked(picture: Picture, told: list[Deed], mapping: Mapping = ACCOUNTS) -> None:
    """The picture is the oracle's, and nothing contradicts itself."""
    for definition in mapping.definitions:
        assert picture.stitched(definition.name) == expected(told, definition.name, mapping=mapping)
    assert picture.broken_invariants() == []


def accounts_found(picture: Picture, case: str) -> dict[str, str]:
    """The path of each account of the case."""
    named = {f"a{identifier_number('account', f'{letter}.{case}'):016x}": letter for letter in "AB"}
    rows = picture.of("journeys", "account")
    return {named[row["customer_id"]]: row["path_text"] for row in rows
            if row["customer_id"] in named}  # fmt: skip


@pytest.fixture(scope="module")
def members(engine: Warehouse) -> list[tuple[Picture, list[Deed]]]:
    """After increments, after a rebuild, and after a rebuild of what came in one shuffled batch."""
    journal = fresh(engine)
    worlds = [[[apart(case, deed) for deed in batch] for batch in batches]
              for case, (batches, _) in MEMBERS.items()]  # fmt: skip
    told: list[Deed] = []
    for arriving in zip_longest(*worlds, fillvalue=[]):
        batch = [deed for deeds_ in arriving for deed in deeds_]
        journal.keep(*batch)
        stitch(engine, ACCOUNTS, journal.now)
        told += batch
    grown = Picture(engine, ACCOUNTS)
    stitch(engine, ACCOUNTS, journal.now, full=True)
    anew = Picture(engine, ACCOUNTS)
    fresh(engine)
    shuffled = sorted(told, key=lambda deed: deed.fingerprint)
    return [(grown, told), (anew, told), (stitched(engine, shuffled, ACCOUNTS), told)]


WAYS = pytest.mark.parametrize("way", [0, 1, 2], ids=["increments", "rebuild", "shuffled"])


@WAYS
@pytest.mark.parametrize("case", MEMBERS)
def test_an_accounts_journeys_are_those_of_its_contacts(
    members: list[tuple[Picture, list[Deed]]], case: str, way: int
) -> None:
    assert accounts_found(members[way][0], case) == MEMBERS[case][1]


@WAYS
def test_all_accounts_together_are_the_oracles(
    members: list[tuple[Picture, list[Deed]]], way: int
) -> None:
    checked(*members[way])


def test_a_step_of_an_account_names_its_contact(warehouse: Warehouse) -> None:
    told = [of("A", 0, "seen", ANA), of("A", 1, "bought", BORIS), of("", 2, "seen", ANA)]
    steps = stitched(warehouse, told, ACCOUNTS).of("steps", "account")
    steps.sort(key=lambda step: step["position"])
    contacts = [customer_id(deed.numbers[0]) for deed in told]
    assert [step["contact"] for step in steps] == contacts


def test_an_account_is_known_by_its_name(warehouse: Warehouse) -> None:
    told = [
        of("A", 0, "seen", f"{ANA} cookie:c1"), of("A", 5, "bought", BORIS),
        of("B", 1, "seen", ANA), of("C", 2, "seen", ""),
    ]  # fmt: skip
    stitched(warehouse, told, ACCOUNTS)
    rows = warehouse.query(
        "SELECT value, kind, contacts, dateDiff('minute', first_seen_at, last_seen_at),"
        " account_id IN (SELECT customer_id FROM journeys WHERE definition = 'account')"
        " FROM accounts ORDER BY value"
    ).rows
    # Of C nobody is known, so it has no journey.
    assert rows == [("A", "account", 2, 5, 1), ("B", "account", 1, 0, 1)]


def test_a_rebuild_writes_accounts_in_parts(warehouse: Warehouse) -> None:
    mapping = AS_TOLD.model_copy(update={"journeys": ACCOUNTS.journeys})
    told = [
        of(letter, n, "seen", f"user_id:{letter}", id=letter) for n, letter in enumerate("ABCDE")
    ]
    told.append(of("B", 10, "bought", "user_id:A"))
    journal = Journal(warehouse)
    journal.keep(*told)
    rebuild(warehouse, mapping, VERSION, journal.now, part=2)
    assert column(warehouse, "SELECT uniqExact(part) FROM stitch_accounts") == [3]
    checked(Picture(warehouse, mapping), told, mapping)


named_accounts = st.builds(
    lambda deed, account: deed.but(account=account),
    deeds,
    st.sampled_from(["", "", "account:A", "account:B"]),
)
batches = st.lists(st.lists(named_accounts, min_size=1, max_size=4), min_size=4, max_size=4)
deaths = st.sampled_from(["stitch_accounts", "journey_log", "identity_log", "stitched_log"])


def test_accounts_of_generated_worlds_are_the_oracles(
    warehouse: Warehouse, pytestconfig: pytest.Config
) -> None:
    together = 20

    @given(
        worlds=st.lists(batches, min_size=together, max_size=together),
        dies_at=deaths,
        dies_in=st.integers(0, 3),
        full=st.integers(0, 7),
    )
    @settings(
        max_examples=-(-pytestconfig.getoption("--worlds") // (10 * together)),
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_them(worlds: list[list[list[Deed]]], dies_at: str, dies_in: int, full: int) -> None:
        forget_everything(warehouse)
        journal = Journal(warehouse)
        told: list[Deed] = []
        for turn, arriving in enumerate(zip(*worlds, strict=True)):
            batch = [apart(world, deed) for world, some in enumerate(arriving) for deed in some]
            journal.keep(*batch)
            told += batch
            with suppress(Cut):
                mortal = Mortal(warehouse, dies_at if turn == dies_in else "")
                stitch(mortal, ACCOUNTS, journal.now, full=turn == full)
        stitch(warehouse, ACCOUNTS, journal.now)
        checked(Picture(warehouse, ACCOUNTS), told)
        stitch(warehouse, ACCOUNTS, journal.now, full=True)
        checked(Picture(warehouse, ACCOUNTS), told)

    try_them()


# --- a reader in the middle of a stitch


class Watched(Warehouse):
    """A warehouse somebody looks into after each time that it is written to."""

    def __init__(self, living: Warehouse, look: Callable[[], None]) -> None:
        super().__init__(living._client, living.address)
        self._look = look

    def insert(self, table: str, rows: Given, *, once: str = "") -> None:
        super().insert(table, rows, once=once)
        self._look()

    def command(self, sql: str, parameters: Any = None) -> None:
        super().command(sql, parameters)
        self._look()


Seen = dict[tuple[str, str], list[str]]  # by definition and customer


def journeys_of_each(warehouse: Warehouse) -> Seen:
    found: Seen = {}
    for row in in_order(warehouse.query("SELECT * FROM journeys").dicts()):
        found.setdefault((row["definition"], row["customer_id"]), []).append(str(row))
    return found


@pytest.mark.parametrize("full", [False, True], ids=["increment", "rebuild"])
def test_a_reader_never_sees_half_a_customer(warehouse: Warehouse, full: bool) -> None:
    # Strangers that turn out to be one, a tablet that turns out to be shared, a new definition.
    mapping = having(short(), *OF_ACCOUNTS)
    journal = Journal(warehouse)
    journal.keep(
        of("A", 0, "seen", "cookie:c1"),
        of("B", 1, "compared", "cookie:c2"),
        of("A", 2, "bought", f"{ANA} cookie:t"),
        of("", 40, "seen", "cookie:t"),
        of("", 3, "seen", "phone:p1", id="e", revision=1),
    )
    stitch(warehouse, having(short(inactivity="1h"), OF_ACCOUNTS[0]), journal.now)
    journal.keep(
        of("A", 50, "helped", "cookie:c1 cookie:c2"),
        of("B", 60, "bought", f"{BORIS} cookie:t"),
        of("", 4, "compared", "phone:p2", id="e", revision=2),
    )
    before, seen = journeys_of_each(warehouse), list[Seen]()
    watched = Watched(warehouse, lambda: seen.append(journeys_of_each(warehouse)))
    stitch(watched, mapping, journal.now, full=full)
    after = journeys_of_each(warehouse)
    assert len(seen) > 5 and before != after
    for moment in seen:
        for who in moment.keys() | before.keys() | after.keys():
            assert moment.get(who) in (before.get(who), after.get(who)), who


# --- edges of time, and of size


def sent(warehouse: Warehouse, format_: str, *payloads: bytes) -> None:
    """Through the pipeline of the preset, and stitched."""
    mapping = load_mapping()
    pipeline = Pipeline(mapping, b"k" * 32)
    records = [Record("t", 0, offset, NOW, value) for offset, value in enumerate(payloads)]
    batch = pipeline.process(records, format_named(format_))
    store(warehouse, batch, records, pipeline.version, NOW)
    stitch(warehouse, mapping, NOW)


SALE = """<POSLog><Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID>
<SequenceNumber>{number}</SequenceNumber><BusinessDayDate>{day}</BusinessDayDate>
<EndDateTime>{day}T{time}:00</EndDateTime><RetailTransaction>
<LineItem><Sale/></LineItem><LineItem><LoyaltyID>46816337163</LoyaltyID></LineItem>
<Total TotalType="TransactionGrandAmount">1.00</Total></RetailTransaction></Transaction></POSLog>"""


@pytest.mark.parametrize(
    ("day", "times", "utc"),
    [
        # 03:30 does not exist: the till has not been put forward yet.
        ("2026-03-29", ["02:59", "03:30", "04:30", "05:00"], ["00:59", "01:30", "01:30", "02:00"]),
        # 03:30 comes twice; which is meant is not written, so the first is.
        ("2026-10-25", ["02:59", "03:30", "03:30", "04:00"], ["23:59", "00:30", "00:30", "02:00"]),
    ],
    ids=["spring", "autumn"],
)
def test_a_change_of_the_clock_puts_no_sale_before_an_earlier_one(
    warehouse: Warehouse, day: str, times: list[str], utc: list[str]
) -> None:
    sent(
        warehouse,
        "poslog",
        *(SALE.format(number=n, day=day, time=time).encode() for n, time in enumerate(times)),
    )
    rows = warehouse.query(
        "SELECT event_id, occurred_at, seconds_since_previous FROM steps ORDER BY position"
    ).rows
    assert [event_id for event_id, _, _ in rows] == [f"9/1/{day}/{n}" for n in range(len(times))]
    assert [f"{when:%H:%M}" for _, when, _ in rows] == utc
    assert all(seconds is None or seconds >= 0 for _, _, seconds in rows)


def test_times_no_log_of_ours_has_break_nothing_else(warehouse: Warehouse) -> None:
    times = ["1970-01-01T00:00:00Z", "2049-05-01T10:00:00Z", "9999-12-31T23:59:59.999Z"]
    pages = [
        {"type": "page", "messageId": when, "timestamp": when, "userId": "ana"} for when in times
    ]
    sent(warehouse, "segment", *(json.dumps(page).encode() for page in pages))
    assert column(warehouse, "SELECT reason FROM dead_letters") == ["time_out_of_range"] * 2
    assert column(warehouse, "SELECT step_count FROM journeys") == [1]
    assert Picture(warehouse, load_mapping()).broken_invariants() == []


def test_a_customer_of_unmapped_events_has_no_journey(warehouse: Warehouse) -> None:
    picture = stitched(warehouse, [at(0, ""), at(1, "")], MAPPING)
    assert (picture.rows["journeys"], picture.rows["customers"]) == ([], [])
    assert sum(row["events"] for row in picture.rows["unmapped"]) == 2
    assert picture.broken_invariants() == []


def test_a_customer_without_a_strong_identifier_has_journeys_like_others(
    warehouse: Warehouse,
) -> None:
    picture = stitched(warehouse, [at(0), at(1, "bought", "email:m1 cookie:c1")], MAPPING)
    assert paths(picture.of("journeys", "short")) == ["seen > bought"]
    assert [row["is_known"] for row in picture.rows["customers"]] == [0]


EVENTS = """
INSERT INTO event_log (identifier, occurred_at, source, event_id, fingerprint, touchpoint, channel,
                       stage, identifiers, account)
SELECT
    {who:UInt64}, fromUnixTimestamp64Milli(toInt64({start:UInt64} + 1000 * number), 'UTC'),
    'website', toString(number), number, ['seen', 'compared', 'bought', 'seen'][number % 4 + 1],
    'web', ['awareness', 'awareness', 'purchase', 'awareness'][number % 4 + 1], [{who:UInt64}], 0
FROM numbers({n:UInt64})
"""


@pytest.mark.slow
def test_a_customer_of_half_a_million_events_costs_in_proportion(warehouse: Warehouse) -> None:
    mapping = having(
        {"name": "cut", "goals": ["bought"], "starts_at": ["compared"], "lookback": "30m"},
        {"name": "from_start", "starts_at": ["compared"], "only_from_start": True},
        {"name": "whole_life", "inactivity": "99999d", "goals": ["bought"]},
        {"name": "account", "unit": "account", "goals": ["bought"], "starts_at": ["compared"]},
    )
    seconds = {}
    for n in (50_000, 500_000):
        forget_everything(warehouse)
        journal = Journal(warehouse)
        journal.keep(at(-1, account="account:A"))
        who = at(0).numbers[0]
        warehouse.command(EVENTS, {"who": who, "start": START, "n": n})
        began = time.process_time()
        stitch(warehouse, mapping, journal.now)
        seconds[n] = time.process_time() - began
        rows = warehouse.query(
            "SELECT definition, journeys, steps, outside, behind FROM definitions"
        )
        assert rows.rows == [
            ("cut", n // 4 + 1, n + 1, 0, 0),
            ("from_start", n // 4, n - 1, 2, 0),
            ("whole_life", 1, n + 1, 0, 0),
            ("account", n // 4 + 1, n + 1, 0, 0),
        ]
    assert seconds[500_000] < 15 * seconds[50_000]
