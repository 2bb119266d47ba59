from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cjm_tracker.errors import WarehouseUnavailable
from cjm_tracker.identity import customer_id
from cjm_tracker.mapping import Mapping
from cjm_tracker.warehouse import StitchResult, Warehouse, stitch

from .deeds import (
    DAY,
    HOUR,
    MAPPING,
    MINUTE,
    SHORT,
    START,
    Cut,
    Deed,
    Journal,
    Mortal,
    at,
    column,
    count,
)
from .reading import Picture, expected, in_order

EDGES = [631_152_000_000, 4_102_358_400_000]  # 1990-01-01, 2099-12-31


@pytest.fixture
def journal(warehouse: Warehouse) -> Journal:
    return Journal(warehouse)


def stitched(journal: Journal, *batches: list[Deed], mapping: Mapping = SHORT) -> Picture:
    """The picture after a stitch after each batch."""
    for batch in batches:
        journal.keep(*batch)
        stitch(journal.warehouse, mapping, journal.now)
    return Picture(journal.warehouse, mapping)


def check(picture: Picture, *told: Deed, definition: str = "short") -> None:
    """The picture is the oracle's, and nothing contradicts itself."""
    assert picture.stitched(definition) == expected(told, definition)
    assert picture.broken_invariants() == []


def paths(picture: Picture) -> list[str]:
    rows = sorted(picture.of("journeys", "short"), key=lambda row: row["started_at"])
    return [row["path_text"] for row in rows]


# --- what a stitch reports


def test_a_stitch_says_what_it_took_in(journal: Journal) -> None:
    journal.keep(at(0, who="cookie:c1"), at(1, who="cookie:c2"))
    journal.keep(at(2, who="cookie:c1"))
    assert stitch(journal.warehouse, SHORT, journal.now) == StitchResult(2, 2)


def test_where_nothing_is_new_a_stitch_does_nothing(journal: Journal) -> None:
    stitched(journal, [at(0)])
    before = count(journal.warehouse, "journey_log")
    assert stitch(journal.warehouse, SHORT, journal.now + 1) == StitchResult(0, 0)
    assert count(journal.warehouse, "journey_log") == before


def test_an_empty_warehouse_can_be_rebuilt(warehouse: Warehouse) -> None:
    assert stitch(warehouse, SHORT, START, full=True) == StitchResult(0, 0)


def test_only_the_customers_touched_are_written(journal: Journal) -> None:
    stitched(journal, [at(0, who="cookie:c1"), at(0, who="cookie:c2", id="other")])
    journal.keep(at(1, who="cookie:c1"))
    assert stitch(journal.warehouse, SHORT, journal.now).customers == 1


def test_two_stitches_at_one_moment_are_two_runs(journal: Journal) -> None:
    now = journal.now
    for minute in (0, 1):
        journal.keep(at(minute))
        stitch(journal.warehouse, SHORT, now)
    assert column(journal.warehouse, "SELECT uniqExact(run) FROM stitched_log") == [2]


def test_a_clock_that_goes_back_does_no_harm(journal: Journal) -> None:
    stitched(journal, [at(0)])
    journal.keep(at(1))
    stitch(journal.warehouse, SHORT, START)
    check(Picture(journal.warehouse, SHORT), at(0), at(1))


# --- what a journey says


@pytest.mark.parametrize(
    ("deeds", "reasons"),
    [
        pytest.param([at(0), at(31)], ["inactivity", ""], id="inactivity, then open"),
        pytest.param([at(0), at(1, "compared")], ["new_start", ""], id="new start"),
        pytest.param([at(0, "helped"), at(60, who="cookie:c2")], ["ended", ""], id="ended"),
        pytest.param([at(0), at(29, who="cookie:c2")], ["", ""], id="still open"),
        pytest.param([at(0), at(30, who="cookie:c2")], ["inactivity", ""], id="data is past it"),
    ],
)  # fmt: skip
def test_a_journey_says_why_it_ended(
    journal: Journal, deeds: list[Deed], reasons: list[str]
) -> None:
    picture = stitched(journal, deeds)
    rows = sorted(picture.of("journeys", "short"), key=lambda row: row["started_at"])
    assert [row["end_reason"] for row in rows] == reasons
    assert [row["is_open"] for row in rows] == [int(reason == "") for reason in reasons]


def test_a_journey_converts_at_a_goal_of_its_own_definition(journal: Journal) -> None:
    picture = stitched(journal, [at(0), at(1, "bought")], mapping=MAPPING)
    converted = {
        name: picture.of("journeys", name)[0]["is_converted"] for name in ("short", "whole_life")
    }
    assert converted == {"short": 1, "whole_life": 0}


def test_steps_of_one_instant_are_in_the_order_of_sources_then_ids(journal: Journal) -> None:
    deeds = [
        at(0, "helped", id="a", source="survey"),
        at(0, "bought", id="b", source="store"),
        at(0, "seen", id="d"),
        at(0, "compared", id="c"),
    ]
    picture = stitched(journal, deeds, mapping=MAPPING)
    steps = sorted(picture.of("steps", "whole_life"), key=lambda row: row["position"])
    assert [row["event_id"] for row in steps] == ["c", "d", "b", "a"]
    check(picture, *deeds, definition="whole_life")


@pytest.mark.parametrize("edge", EDGES, ids=["1990", "2099"])
def test_journeys_at_the_edges_of_time(journal: Journal, edge: int) -> None:
    deeds = [Deed("a", edge), Deed("b", edge + 10 * MINUTE, touchpoint="bought", duration_s=60.0)]
    check(stitched(journal, deeds), *deeds)


def test_a_life_from_1990_to_2099_is_one_customers(journal: Journal) -> None:
    deeds = [Deed(f"e{edge}", edge) for edge in EDGES]
    check(stitched(journal, deeds, mapping=MAPPING), *deeds, definition="whole_life")


def test_money_waits_and_feelings_travel_with_their_step(journal: Journal) -> None:
    deeds = [
        at(0, value=Decimal("-1.5000"), wait_s=12.5, emotion=-0.5, outcome="sold"),
        at(1, value=Decimal("3.2500"), emotion=1.0),
        at(2),
    ]
    picture = stitched(journal, deeds)
    (row,) = picture.of("journeys", "short")
    assert (row["value"], row["emotion"]) == (Decimal("1.7500"), 0.25)
    check(picture, *deeds)


def test_what_is_not_known_is_no_emotion(journal: Journal) -> None:
    picture = stitched(journal, [at(0)])
    assert picture.of("journeys", "short")[0]["emotion"] is None
    assert picture.rows["customers"][0]["emotion"] is None


# --- who is who


def test_an_event_without_identifier_is_a_touchpoint_without_customer(journal: Journal) -> None:
    deeds = [at(0, who=""), at(1)]
    picture = stitched(journal, deeds)
    assert [row["customer_id"] == "" for row in picture.rows["touchpoints"]].count(True) == 1
    check(picture, *deeds)


def test_a_customer_seen_only_in_drops_has_no_journey(journal: Journal) -> None:
    deeds = [at(0, drop_reason="identity_only")]
    picture = stitched(journal, deeds)
    assert (picture.rows["customers"], len(picture.rows["identities"])) == ([], 1)
    check(picture, *deeds)


def test_a_login_brings_the_steps_before_it(journal: Journal) -> None:
    deeds = [at(0), at(1, "bought", "user_id:u1 cookie:c1"), at(2, who="user_id:u1")]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert paths(picture) == ["seen > bought > seen"]
    check(picture, *deeds)


def test_a_device_that_turns_out_to_be_shared_gives_its_steps_back(journal: Journal) -> None:
    # First the tablet is Ana's; when Boris logs in on it too, it is nobody's.
    deeds = [
        at(0, who="user_id:ana cookie:t"),
        at(1, who="cookie:t"),
        at(2, who="user_id:boris cookie:t"),
    ]
    before = stitched(journal, deeds[:2])
    assert len({row["customer_id"] for row in before.rows["touchpoints"]}) == 1
    after = stitched(journal, deeds[2:])
    assert len({row["customer_id"] for row in after.rows["touchpoints"]}) == 3
    check(after, *deeds)


def test_an_earlier_event_that_comes_late_renames_and_leaves_nothing_behind(
    journal: Journal,
) -> None:
    deeds = [at(10, who="cookie:c1"), at(5, who="cookie:c1 cookie:c2"), at(0, who="cookie:c2")]
    check(stitched(journal, *([deed] for deed in deeds)), *deeds)


def test_a_chain_of_customers_joined_by_one_event(journal: Journal) -> None:
    singles = [at(n, who=f"cookie:c{n}") for n in range(4)]
    pairs = [at(10 + n, who=f"cookie:c{n} cookie:c{n + 1}") for n in (0, 2, 1)]
    check(stitched(journal, *([deed] for deed in singles + pairs)), *singles, *pairs)


def test_a_kiosk_of_60_customers_stays_out_of_their_journeys(journal: Journal) -> None:
    deeds = [at(n, who=f"user_id:u{n} cookie:kiosk") for n in range(60)]
    last = [at(99, who="cookie:kiosk")]
    picture = stitched(journal, deeds, last)
    assert len(picture.rows["customers"]) == 60
    check(picture, *deeds, *last)


def test_sixty_linked_cookies_are_sixty_customers(journal: Journal) -> None:
    chain = [at(n, who=f"cookie:c{n} cookie:c{n + 1}") for n in range(60)]
    check(stitched(journal, chain[:40], chain[40:]), *chain)


def test_the_history_of_who_was_who_stays(journal: Journal) -> None:
    stitched(journal, [at(5)], [at(0, who="user_id:u1 cookie:c1")])
    number = at(0).numbers[0]
    found = column(
        journal.warehouse,
        f"SELECT customer_id FROM identity_log WHERE identifier = {number} ORDER BY run",
    )
    assert found == [
        customer_id(number),
        customer_id(min(at(0, who="user_id:u1 cookie:c1").numbers)),
    ]


# --- late, twice, revised, in conflict


def test_a_late_event_takes_its_place(journal: Journal) -> None:
    deeds = [at(0), at(20), at(10, "bought")]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert paths(picture) == ["seen > bought > seen"]
    check(picture, *deeds)


def test_a_late_event_may_join_two_journeys(journal: Journal) -> None:
    deeds = [at(0), at(50), at(25)]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert len(picture.of("journeys", "short")) == 1
    check(picture, *deeds)


def test_a_revision_takes_the_place_of_what_was_said_before(journal: Journal) -> None:
    deeds = [at(0, id="e", revision=1), at(5), at(9, "bought", id="e", revision=2)]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert paths(picture) == ["seen > bought"]
    check(picture, *deeds)


def test_a_revision_that_drops_the_event_empties_the_customer(journal: Journal) -> None:
    deeds = [at(0, id="e", revision=1), at(0, id="e", revision=2, drop_reason="voided_sale")]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert (picture.rows["steps"], picture.rows["customers"]) == ([], [])
    check(picture, *deeds)


def test_an_older_revision_that_comes_later_changes_nothing(journal: Journal) -> None:
    deeds = [at(9, "bought", id="e", revision=2), at(0, id="e", revision=1)]
    check(stitched(journal, *([deed] for deed in deeds)), *deeds)


def test_a_conflict_between_two_customers_counts_once(journal: Journal) -> None:
    deeds = [at(0, id="e", who="cookie:c1"), at(5, id="e", who="cookie:c2")]
    check(stitched(journal, *([deed] for deed in deeds)), *deeds)


def test_a_conflict_of_one_customer_counts_once(journal: Journal) -> None:
    deeds = [at(0, id="e"), at(5, "bought", id="e"), at(0, id="e")]
    picture = stitched(journal, *([deed] for deed in deeds))
    assert len(picture.of("steps", "short")) == 1
    check(picture, *deeds)


# --- a rebuild


def test_a_rebuild_changes_nothing_that_was_right(journal: Journal) -> None:
    deeds = [at(0), at(1, "bought", "user_id:u1 cookie:c1"), at(31), at(500, who="phone:p1")]
    before = stitched(journal, deeds)
    stitch(journal.warehouse, SHORT, journal.now, full=True)
    after = Picture(journal.warehouse, SHORT)
    assert {view: in_order(rows) for view, rows in after.rows.items()} == {
        view: in_order(rows) for view, rows in before.rows.items()
    }


def test_a_rebuild_alone_finds_what_increments_found(journal: Journal) -> None:
    deeds = [at(0), at(1, "bought", "user_id:u1 cookie:c1"), at(31), at(500, who="phone:p1")]
    for deed in deeds:
        journal.keep(deed)
    stitch(journal.warehouse, SHORT, journal.now, full=True)
    check(Picture(journal.warehouse, SHORT), *deeds)


def other_mapping(**changed: Any) -> Mapping:
    return MAPPING.model_copy(update=changed)


def test_a_definition_that_is_no_more_has_no_journeys_after_a_rebuild(journal: Journal) -> None:
    stitched(journal, [at(0)], mapping=MAPPING)
    only = other_mapping(journeys=[MAPPING.journeys[0]])
    stitch(journal.warehouse, only, journal.now, full=True)
    found = column(journal.warehouse, "SELECT DISTINCT definition FROM journeys")
    assert found == ["short"]


def test_customers_are_counted_by_a_definition_that_still_is(journal: Journal) -> None:
    stitched(journal, [at(0)], mapping=MAPPING)
    only = other_mapping(journeys=[MAPPING.journeys[1]])
    stitch(journal.warehouse, only, journal.now, full=True)
    assert column(journal.warehouse, "SELECT steps FROM customers") == [1]


def test_stages_are_those_of_the_mapping_in_force(journal: Journal) -> None:
    stitched(journal, [at(0)])
    fewer = other_mapping(stages=["purchase", "awareness"])
    stitch(journal.warehouse, fewer, journal.now, full=True)
    found = journal.warehouse.query("SELECT position, stage FROM stages ORDER BY position").rows
    assert found == [(1, "purchase"), (2, "awareness")]
    assert column(journal.warehouse, "SELECT stage_no FROM stage_funnel") == [2, 2]


# --- others at work


class Busy(Warehouse):
    """Whenever links are read, a worker has just stored one more, to one that was at hand."""

    def __init__(self, journal: Journal, deeds: list[Deed]) -> None:
        super().__init__(journal.warehouse._client, journal.warehouse.address)
        self._journal, self.left = journal, deeds

    def numbers(self, sql: str, *arguments: Any) -> Any:
        if "FROM link_log" in sql and self.left:
            self._journal.keep(self.left.pop(0))
        return super().numbers(sql, *arguments)


def test_a_stitch_ends_however_much_is_stored_meanwhile(journal: Journal) -> None:
    known = [at(k, who=f"cookie:c{k}") for k in range(12)]
    stitched(journal, known)
    links = [at(20 + k, who=f"cookie:c{k} cookie:c{k + 1}") for k in range(11)]
    journal.keep(links[0])
    busy = Busy(journal, links[1:])
    stitch(busy, SHORT, journal.now)
    assert len(busy.left) > 5
    check(stitched(journal, busy.left), *known, *links)


@pytest.mark.parametrize("between", ["nothing", "a stitch", "one cut off"])
def test_who_stitched_last_looks_only_at_what_is_new(journal: Journal, between: str) -> None:
    told = [at(10, who="cookie:c1"), at(5, who="cookie:c1 cookie:c2"), at(0, who="cookie:c2")]
    other = other_mapping(stages=["purchase", "awareness"])
    journal.keep(told[0])
    last = stitch(journal.warehouse, SHORT, journal.now).run
    journal.keep(told[1])
    if between == "a stitch":
        stitch(journal.warehouse, other, journal.now)
    elif between == "one cut off":
        with pytest.raises(Cut):
            stitch(Mortal(journal.warehouse, "identity_log"), SHORT, journal.now)
    journal.keep(told[2])
    stitch(journal.warehouse, SHORT, journal.now, last=last)
    check(Picture(journal.warehouse, SHORT), *told)
    assert column(journal.warehouse, "SELECT stage FROM stages ORDER BY position") == SHORT.stages


# --- a crash in the middle


@pytest.mark.parametrize("same_clock", [False, True], ids=["later", "within the millisecond"])
@pytest.mark.parametrize(
    "table",
    ["stitch_touched", "stitch_scope", "stage_log", "journey_log", "identity_log", "stitched_log"],
)
def test_a_stitch_cut_off_is_made_good_by_the_next(
    journal: Journal, table: str, same_clock: bool
) -> None:
    told = [at(0), at(1, who="cookie:c2")]
    journal.keep(*told)
    if table != "stage_log":  # written once only
        stitch(journal.warehouse, SHORT, journal.now)
    journal.keep(at(2, "bought", "user_id:u1 cookie:c1 cookie:c2"))
    now = journal.now + DAY
    with pytest.raises(Cut):
        stitch(Mortal(journal.warehouse, table), SHORT, now)
    late = at(3, who="cookie:c9")  # arrives before the next try
    journal.keep(late)
    stitch(journal.warehouse, SHORT, now if same_clock else now + HOUR)
    check(
        Picture(journal.warehouse, SHORT),
        *told,
        at(2, "bought", "user_id:u1 cookie:c1 cookie:c2"),
        late,
    )


@pytest.mark.parametrize("table", ["journey_log", "identity_log", "stitched_log"])
def test_a_customer_that_a_cut_off_stitch_named_is_renamed_by_the_next(
    journal: Journal, table: str
) -> None:
    # c1 is written as a customer of its own, and then turns out to be c2, who came earlier.
    told = [at(10, who="cookie:c1"), at(5, who="cookie:c1 cookie:c2"), at(0, who="cookie:c2")]
    journal.keep(told[0])
    with pytest.raises(Cut):
        stitch(Mortal(journal.warehouse, table), SHORT, journal.now)
    journal.keep(*told[1:])
    stitch(journal.warehouse, SHORT, journal.now)
    check(Picture(journal.warehouse, SHORT), *told)


def test_a_rebuild_cut_off_is_made_good_by_an_increment(journal: Journal) -> None:
    told = [at(10, who="cookie:c1"), at(5, who="cookie:c2"), at(20, who="cookie:c1")]
    stitched(journal, told[:2])
    with pytest.raises(Cut):
        stitch(Mortal(journal.warehouse, "identity_log"), SHORT, journal.now, full=True)
    check(stitched(journal, told[2:]), *told)


@pytest.mark.parametrize("table", ["identifier_log", "link_log", "batch_log"])
def test_a_batch_cut_off_is_made_good_by_its_retry(warehouse: Warehouse, table: str) -> None:
    told = [at(0), at(1, "bought", "user_id:u1 cookie:c1")]
    with pytest.raises(Cut):
        Journal(Mortal(warehouse, table)).keep(*told)
    whole = Journal(warehouse)
    check(stitched(whole, told), *told)


def test_facts_without_their_ledger_are_not_stitched_yet(warehouse: Warehouse) -> None:
    with pytest.raises(Cut):
        Journal(Mortal(warehouse, "batch_log")).keep(at(0))
    assert stitch(warehouse, SHORT, START) == StitchResult(0, 0)


def test_the_engines_absence_passes_through(journal: Journal) -> None:
    class Absent(Warehouse):
        def query(self, *arguments: Any, **named: Any) -> Any:
            raise WarehouseUnavailable("away")

    with pytest.raises(WarehouseUnavailable):
        stitch(Absent(journal.warehouse._client, journal.warehouse.address), SHORT, START)
