"""A rebuild, in one go, cut off anywhere, or with others at work beside it: history as the mapping
says it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cjm_tracker.identity import IdentityConfig
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import SQL
from cjm_tracker.touchpoints import Touchpoint
from cjm_tracker.warehouse import Warehouse, stitch, store
from cjm_tracker.warehouse.client import Rows
from cjm_tracker.warehouse.rebuild import Rebuilt, rebuild

from ..conftest import forget_everything
from ..long import one_in
from .deeds import DAY, MAPPING, NOW, START, Cut, Deed, Journal, apart, at, batch_of, column, count
from .reading import Picture, expected, in_order
from .test_remap import named
from .test_stitch_worlds import deeds

pytestmark = pytest.mark.slow

SAYS = {"seen": "bought", "compared": "seen", "bought": "helped", "": "compared"}
OLD = named({name: name for name in ("seen", "compared", "bought", "helped")})
NEW = named(SAYS)  # of `helped` it says nothing
SMALL = {"page": 3, "part": 2}


@dataclass(frozen=True)
class Retold(Deed):
    """A deed as the new rules tell it; it stays the same event."""

    first: Deed = Deed("", 0)

    @property
    def fingerprint(self) -> int:
        return self.first.fingerprint


def retold(deed: Deed, says: dict[str, str] = SAYS) -> Deed:
    # What was dropped had been dropped by a rule; how it felt was not asked on any scale.
    new = {"touchpoint": says.get(deed.touchpoint, ""), "drop_reason": "", "emotion": None}
    return Retold(**{**vars(deed), **new}, first=deed)


def version(mapping: Mapping) -> str:
    return f"{mapping.version}:{hash(repr(mapping)):x}"


def rebuilt(warehouse: Warehouse, mapping: Mapping = NEW, **more: Any) -> Rebuilt:
    return rebuild(warehouse, mapping, version(mapping), START, **{**SMALL, **more})


def journal_of(warehouse: Warehouse, mapping: Mapping = OLD) -> Journal:
    return Journal(warehouse, version(mapping))


def check(warehouse: Warehouse, told: list[Deed], mapping: Mapping = MAPPING) -> None:
    picture = Picture(warehouse, mapping)
    for definition in mapping.journeys:
        assert picture.stitched(definition.name) == expected(told, definition.name)
    assert picture.broken_invariants() == []


def everything(warehouse: Warehouse, mapping: Mapping = NEW) -> dict[str, list[str]]:
    """What all views say of events, customers and journeys."""
    rows = Picture(warehouse, mapping).rows
    return {view: [str(row) for row in in_order(found)] for view, found in rows.items()}


def to_the_last_column(warehouse: Warehouse) -> dict[str, list[str]]:
    """All that is said in any view, and how many rows the log of events has."""
    views = [path.stem for path in (SQL / "views").glob("*.sql")]
    rows = {view: warehouse.query(f"SELECT * FROM {view}").rows for view in views}
    return {
        "event_log": [str(count(warehouse, "event_log"))],
        **{view: sorted(map(str, found)) for view, found in rows.items()},
    }


# Three customers and nobody, a conflict, a log-in that joins, journeys to be cut.
TOLD = [
    at(0, "seen"),
    at(1, "compared"),
    at(2, "bought", "user_id:u1 cookie:c1"),
    at(40, "helped", "user_id:u1"),
    at(41, "", "user_id:u1"),
    at(5, "seen", "cookie:c2"),
    at(6, "seen", "cookie:c2", id="e", revision=1),
    at(7, "bought", "phone:p1", id="e", revision=2),
    at(8, "seen", ""),
    at(9, "compared", "phone:p1", drop_reason="unwanted"),
    at(10, "bought", "cookie:c4 cookie:c5"),
]


@pytest.fixture
def told(warehouse: Warehouse) -> Warehouse:
    journal = journal_of(warehouse)
    journal.keep(*TOLD)
    stitch(warehouse, OLD, journal.now)
    return warehouse


# --- in one go


def test_history_is_as_the_new_rules_tell_it(told: Warehouse) -> None:
    assert rebuilt(told) == Rebuilt(events=11, changed=11, customers=4)
    check(told, [retold(deed) for deed in TOLD])


def test_a_second_time_nothing_changes(told: Warehouse) -> None:
    rebuilt(told)
    before = to_the_last_column(told)
    assert rebuilt(told) == Rebuilt(events=11, changed=0, customers=4)
    assert to_the_last_column(told) == before


@given(worlds=st.lists(st.lists(deeds, min_size=1, max_size=12), min_size=9, max_size=9))
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_was_told_it_is_retold(warehouse: Warehouse, worlds: list[list[Deed]]) -> None:
    forget_everything(warehouse)
    journal = journal_of(warehouse)
    told = [apart(number, deed) for number, world in enumerate(worlds) for deed in world]
    for first in range(0, len(told), 10):
        journal.keep(*told[first : first + 10])
    stitch(warehouse, OLD, journal.now)
    rebuilt(warehouse, page=20, part=5)
    check(warehouse, [retold(deed) for deed in told])
    before = to_the_last_column(warehouse)
    assert rebuilt(warehouse, page=15, part=4).changed == 0
    assert to_the_last_column(warehouse) == before


def test_an_empty_warehouse_can_be_rebuilt(warehouse: Warehouse) -> None:
    assert rebuilt(warehouse) == Rebuilt()


def test_what_was_not_stitched_yet_is_taken_in(warehouse: Warehouse) -> None:
    journal_of(warehouse).keep(*TOLD)
    rebuilt(warehouse)
    check(warehouse, [retold(deed) for deed in TOLD])
    assert stitch(warehouse, NEW, START).batches == 0


def test_another_journey_definition_needs_no_other_rules(told: Warehouse) -> None:
    fewer = OLD.model_copy(update={"journeys": MAPPING.journeys[1:]})
    assert rebuilt(told, OLD).changed == 1  # what was told as dropped is a touchpoint by the rules
    assert rebuilt(told, fewer).changed == 0
    found = column(told, "SELECT DISTINCT definition FROM journeys ORDER BY definition")
    assert found == ["from_start", "whole_life"]


def test_the_mapping_is_registered(told: Warehouse) -> None:
    rebuilt(told)
    assert column(told, "SELECT version FROM mapping_log") == [version(NEW)]


def test_progress_comes_to_its_end(told: Warehouse) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    rebuilt(told, progress=lambda task, *done: seen.setdefault(task, []).append(done))
    assert {task: done[-1] for task, done in seen.items()} == {"map": (11, 11), "paths": (2, 2)}
    assert all(done == sorted(done) for done in seen.values())


# --- cut off


class Interrupted(Warehouse):
    """A warehouse in which something happens before the n-th time that it is written to."""

    def __init__(self, living: Warehouse, n: int, happens: Callable[[], None]) -> None:
        super().__init__(living._client, living.address)
        self.left = n
        self._happens = happens

    def _write(self) -> None:
        self.left -= 1
        if self.left == 0:
            self._happens()

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        if not isinstance(rows, dict) or (rows and len(next(iter(rows.values())))):
            self._write()
        super().insert(table, rows, once=once)

    def command(self, sql: str, parameters: Any = None) -> None:
        self._write()
        super().command(sql, parameters)


def dies() -> None:
    raise Cut


class Steps:
    """Counts what a rebuild has done, by task."""

    def __init__(self) -> None:
        self.map = self.paths = 0

    def __call__(self, task: str, done: int, of: int) -> None:
        setattr(self, task, getattr(self, task) + 1)


def test_cut_off_anywhere_it_goes_on_where_it_was(
    told: Warehouse, pytestconfig: pytest.Config
) -> None:
    sizes = {"page": 5, "part": 3}
    rebuilt(told, OLD)
    as_old, whole = everything(told, OLD), Steps()
    rebuilt(told, NEW, progress=whole, **sizes)
    as_new = everything(told)
    assert as_new != as_old and (whole.map, whole.paths) == (3, 2)
    cuts, later = 0, 1 if pytestconfig.getoption("--long") else 5
    while True:  # there and back, each time cut off so many writes later
        mapping, expected = ((OLD, as_old), (NEW, as_new))[cuts % 2]
        steps = Steps()
        dying = Interrupted(told, cuts * later + 1, dies)
        try:
            rebuilt(dying, mapping, progress=steps, **sizes)
            break
        except Cut:
            cuts += 1
        # A rebuild whose very first word is lost has not begun.
        assert rebuilt(told, mapping, progress=steps, **sizes).went_on == (cuts > 1)
        assert everything(told, mapping) == expected
        # No page and no part twice, but for the one that was being done.
        assert steps.map <= whole.map + 1 and steps.paths <= whole.paths + 1
    assert cuts * later > 15


def test_cut_off_again_and_again_it_comes_to_its_end(told: Warehouse) -> None:
    tries = 0
    while True:
        tries += 1
        try:
            rebuilt(Interrupted(told, 9, dies))  # each gets a page or a part further
            break
        except Cut:
            assert tries < 20
    assert tries > 3
    check(told, [retold(deed) for deed in TOLD])


def cut(warehouse: Warehouse, table: str, mapping: Mapping = NEW) -> None:
    """A rebuild cut off before it writes to a table for the first time."""

    class Dying(Warehouse):
        def command(self, sql: str, parameters: Any = None) -> None:
            if f"INSERT INTO {table}" in sql:
                raise Cut
            super().command(sql, parameters)

    with pytest.raises(Cut):
        rebuilt(Dying(warehouse._client, warehouse.address), mapping)


def test_with_another_mapping_it_begins_anew(told: Warehouse) -> None:
    cut(told, "journey_log")
    assert rebuilt(told, OLD) == Rebuilt(events=11, changed=11, customers=4)
    assert not rebuilt(told, NEW).went_on  # what was begun with it is of the past


def test_with_a_third_mapping_that_has_stored_nothing_either_it_begins_anew(
    told: Warehouse,
) -> None:
    cut(told, "journey_log", NEW)
    third = named({**SAYS, "helped": "seen"})
    assert not rebuilt(told, third).went_on
    check(told, [retold(deed, {**SAYS, "helped": "seen"}) for deed in TOLD])


def test_it_begins_anew_where_another_mapping_stored_something(told: Warehouse) -> None:
    cut(told, "journey_log")
    late = at(0.5, "bought", "cookie:c9")
    journal = journal_of(told)
    journal.now += DAY
    journal.keep(*TOLD[:1], late)
    again = rebuilt(told)
    assert not again.went_on and again.changed == 2
    check(told, [retold(deed) for deed in [*TOLD, late]])


def test_where_its_scope_was_cleared_up_everybody_is_resolved_again(told: Warehouse) -> None:
    cut(told, "journey_log")
    told.command("TRUNCATE TABLE stitch_scope")
    steps = Steps()
    assert rebuilt(told, progress=steps).went_on
    assert (steps.map, steps.paths) == (0, 2)
    check(told, [retold(deed) for deed in TOLD])


def test_a_finished_rebuild_is_not_gone_on_with(told: Warehouse) -> None:
    rebuilt(told)
    assert rebuilt(told) == Rebuilt(events=11, changed=0, customers=4)


# --- others at work

LATE = at(3, "compared", "user_id:u1 cookie:c2")  # joins two customers
# Logins name nobody any more, and an identifier is public from two persons on.
LOOSE = NEW.model_copy(
    update={
        "identity": IdentityConfig.model_validate(
            {"kinds": {"user_id": {"strong": False}}, "public_from": 2}
        )
    }
)


def a_worker(warehouse: Warehouse, mapping: Mapping, deed: Deed) -> Callable[[], None]:
    """Stores a batch by the mapping, and stitches it."""

    def works() -> None:
        batch, records = batch_of([deed], 1000)
        if mapping is not OLD:
            point = Touchpoint(retold(deed).touchpoint, deed.channel, retold(deed).stage)
            batch.facts[0] = batch.facts[0]._replace(touchpoint=point)
        store(warehouse, batch, records, version(mapping), NOW + DAY)
        stitch(warehouse, mapping, NOW + DAY)

    return works


@pytest.mark.parametrize("n", one_in(3, [2, 9, *range(14, 26, 2)]))
def test_what_others_store_and_stitch_meanwhile_is_not_lost(told: Warehouse, n: int) -> None:
    busy = Interrupted(told, n, a_worker(told, NEW, LATE))
    assert not rebuilt(busy).meanwhile
    assert busy.left <= 0
    check(told, [retold(deed) for deed in [*TOLD, LATE]])


@pytest.mark.parametrize("n", one_in(4, range(17, 26)))
def test_nor_while_it_is_cut_off(told: Warehouse, n: int) -> None:
    try:
        rebuilt(Interrupted(told, n, dies))
    except Cut:
        a_worker(told, NEW, LATE)()
        assert rebuilt(told).went_on
        check(told, [retold(deed) for deed in [*TOLD, LATE]])


def kiosk(warehouse: Warehouse) -> None:
    """Three logins on one device, stitched by the old rules."""
    journal = journal_of(warehouse)
    journal.offset = 100
    journal.keep(*(at(50 + k, who=f"user_id:u{k} cookie:kiosk", id=f"k{k}") for k in range(3)))
    stitch(warehouse, OLD, START + 1)


def check_identity(warehouse: Warehouse) -> None:
    """Resolving everybody once more finds nobody to be another."""
    found = everything(warehouse, LOOSE)
    stitch(warehouse, LOOSE, NOW + 2 * DAY, full=True)
    assert everything(warehouse, LOOSE) == found


@pytest.mark.parametrize("n", one_in(4, [16, 2, 14, *range(18, 26, 2)]))
def test_other_identity_rules_hold_whoever_stitches_meanwhile(told: Warehouse, n: int) -> None:
    kiosk(told)
    rebuilt(Interrupted(told, n, a_worker(told, LOOSE, LATE)), LOOSE)
    check_identity(told)


class Late(Warehouse):
    """A worker's: it is slow to write who is who, and then writes what it found long ago."""

    def __init__(self, living: Warehouse) -> None:
        super().__init__(living._client, living.address)
        self.found, self.go_on = Event(), Event()

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        if table == "identity_log":
            self.found.set()
            assert self.go_on.wait(60)
        super().insert(table, rows, once=once)


class Overtaking(Warehouse):
    """The rebuild's: a worker begins before who is who is written, and ends after it."""

    def __init__(self, living: Warehouse, late: Late, works: Callable[[], None]) -> None:
        super().__init__(living._client, living.address)
        self._late, self._worker = late, Thread(target=works)

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        if table == "identity_log" and not self._late.found.is_set():
            self._worker.start()
            assert self._late.found.wait(60)  # one at a time: the engine takes one caller
        super().insert(table, rows, once=once)

    def command(self, sql: str, parameters: Any = None) -> None:
        if "INSERT INTO journey_log" in sql and not self._late.go_on.is_set():
            self._late.go_on.set()
            self._worker.join(60)
        super().command(sql, parameters)


def test_a_stitch_that_stood_on_who_was_who_before_is_put_right(told: Warehouse) -> None:
    kiosk(told)
    late = Late(told)
    rebuilt(Overtaking(told, late, a_worker(late, LOOSE, LATE)), LOOSE)
    check_identity(told)


class Blind(Warehouse):
    """The rebuild's: a worker stitches between its reading and its writing of journeys."""

    def __init__(self, living: Warehouse, works: Callable[[], None]) -> None:
        super().__init__(living._client, living.address)
        self._works = works
        self.crossed = 0

    def command(self, sql: str, parameters: Any = None) -> None:
        if "INSERT INTO journey_log" not in sql or self.crossed:
            return super().command(sql, parameters)
        super().command("CREATE TABLE read AS journey_log ENGINE = Memory")
        super().command(sql.replace("INTO journey_log", "INTO read"), parameters)
        self._works()
        super().command("INSERT INTO journey_log SELECT * FROM read")
        super().command("DROP TABLE read")
        self.crossed = len(
            column(
                self,
                "SELECT 1 FROM journey_log FINAL GROUP BY definition, customer_id"
                " HAVING min(run) < max(run)",
            )
        )


def test_journeys_of_two_who_did_not_see_each_other_are_put_right(told: Warehouse) -> None:
    # It is the first of its customer's now: the journey starts elsewhere.
    early = at(-1, "compared", "user_id:u1")
    blind = Blind(told, a_worker(told, NEW, early))
    rebuilt(blind, part=10)
    assert blind.crossed > 0
    check(told, [retold(deed) for deed in [*TOLD, early]])


def test_another_mapping_at_work_is_noticed(told: Warehouse) -> None:
    assert rebuilt(Interrupted(told, 20, a_worker(told, OLD, LATE))).meanwhile
    assert not rebuilt(told).meanwhile
