"""`cjm mapping diff` says beforehand exactly what `cjm rebuild` then does, and leaves no trace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cjm_tracker.cli.mapping import document
from cjm_tracker.identity import customer_id
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping, load_mapping
from cjm_tracker.simulator import simulate
from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.aside import Aside
from cjm_tracker.warehouse.mapping_diff import COPIED, COPY, Difference, mapping_diff, sections
from cjm_tracker.warehouse.rebuild import rebuild

from ..conftest import forget_everything
from ..warehouse.deeds import MAPPING, NOW, Deed, Journal, apart, at
from ..warehouse.test_definitions import having
from ..warehouse.test_rebuild import NEW, OLD, TOLD
from ..warehouse.test_remap import LOGS, keep, named
from ..warehouse.test_stitch_worlds import deeds
from .commands import cjm

pytestmark = pytest.mark.slow

Event = tuple[str, str, str, str, Any, str]  # as `Said`


class History(NamedTuple):
    """What is stored, read without any code of the diff."""

    events: dict[tuple[str, str], Event]
    customers: dict[tuple[str, str], list[dict[str, Any]]]  # journeys, by definition and customer


def history(warehouse: Warehouse, sample: int = 1) -> History:
    whose = dict(
        warehouse.query(
            "SELECT identifier, argMax(customer, run) FROM identity_log GROUP BY identifier"
        ).rows
    )
    events = {
        (source, event_id): tuple(said)
        for identifier, source, event_id, *said in warehouse.query(
            "SELECT identifier, source, event_id, touchpoint, channel, stage, drop_reason, emotion,"
            " attributes['themes'] FROM events"
        ).rows
        if sample == 1 or (whose.get(identifier, 0) and whose[identifier] % sample == 0)
    }
    mine = {customer_id(number) for number in whose.values() if number and number % sample == 0}
    customers: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in warehouse.query(
        "SELECT * EXCEPT (run, version, lookback_s, outside, stage_nos, seconds_to_goal, closes_at)"
        " FROM journey_log FINAL WHERE nth > 0 ORDER BY ALL"
    ).dicts():
        place = (row.pop("definition"), row.pop("customer_id"))
        if place[1] in mine:
            customers.setdefault(place, []).append(row)
    return History(events, customers)


def state(said: Event) -> str:
    return "dropped" if said[3] else "touchpoint" if said[0] else "unmapped"


def seen(was: History, now: History, before: Mapping, after: Mapping) -> dict[str, Any]:
    """The figures of a diff, of what has really changed."""
    changed = [
        (key[0], was.events[key], said)
        for key, said in now.events.items()
        if said != was.events[key]
    ]
    names = dict.fromkeys(journey.name for journey in [*before.journeys, *after.journeys])
    both = [
        name
        for name in names
        if all(name in {one.name for one in mapping.journeys} for mapping in (before, after))
    ]
    everybody = was.customers | now.customers
    others = {key for key in everybody if was.customers.get(key) != now.customers.get(key)}
    return {
        "events": len(now.events),
        "changes": Counter(changed),
        "states": Counter((state(old), state(new)) for _, old, new in changed),
        "touchpoints": tuple(
            sum(bool(said[0]) for said in side.events.values()) for side in (was, now)
        ),
        "stages": {
            stage: counts
            for stage in [*before.stages, *after.stages, ""]
            if any(counts := tuple(_steps(side, both[0], stage) for side in (was, now)))
        },
        "definitions": {
            name: (
                *(_sum(side, name, lambda row: 1) for side in (was, now)),
                *(_sum(side, name, lambda row: row["is_converted"]) for side in (was, now)),
                len({who for one, who in everybody if one == name}),
                len({who for one, who in others if one == name}),
            )
            for name in names
        },
        "customers": (
            len({who for _, who in everybody}),
            len({who for name, who in others if name in both}),
        ),
    }  # fmt: skip


def _steps(side: History, definition: str, stage: str) -> int:
    return _sum(side, definition, lambda row: list(row["stages"]).count(stage))


def _sum(side: History, definition: str, count: Callable[[dict[str, Any]], int]) -> int:
    return sum(
        count(row)
        for (name, _), rows in side.customers.items()
        if name == definition
        for row in rows
    )


def told(found: Difference) -> dict[str, Any]:
    """The same figures, as the diff has them."""
    return {
        "events": found.events,
        "changes": Counter(
            {(one.source, tuple(one.before), tuple(one.after)): one.events for one in found.changes}
        ),
        "states": sum((Counter({one.kind: one.events}) for one in found.changes), Counter()),
        "touchpoints": tuple(found.touchpoints),
        "stages": {stage: tuple(steps) for stage, steps in found.stages.items() if any(steps)},
        "definitions": {
            row.definition: (*row.journeys, *row.conversions, row.customers, row.customers_changed)
            for row in found.journeys
        },
        "customers": (found.customers, found.customers_changed),
    }


def check(
    warehouse: Warehouse, before: Mapping, after: Mapping, sample: int = 1, page: int = 300
) -> dict[str, Any]:
    """The diff, and whether it is what then happens."""
    found = told(mapping_diff(warehouse, before, after, sample=sample, page=page, part=page // 5))
    was = history(warehouse, sample)
    rebuild(warehouse, after, "after", NOW, page=500, part=500)
    assert found == seen(was, history(warehouse, sample), before, after)
    return found


def footprint(warehouse: Warehouse) -> dict[str, int]:
    """Every table with its rows."""
    tables = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase()"
    ).rows
    return {name: warehouse.query(f"SELECT count() FROM {name}").rows[0][0] for (name,) in tables}


# --- what it says is what happens


@given(worlds=st.lists(st.lists(deeds, min_size=1, max_size=12), min_size=9, max_size=9))
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_in_generated_worlds_it_is_what_happens(
    warehouse: Warehouse, worlds: list[list[Deed]]
) -> None:
    forget_everything(warehouse)
    journal = Journal(warehouse, "old:1")
    journal.keep(*(apart(number, deed) for number, world in enumerate(worlds) for deed in world))
    stitch(warehouse, OLD, journal.now)
    check(warehouse, OLD, NEW, page=20)
    assert check(warehouse, NEW, OLD, page=20)["states"]


EDITS = {
    "version: retail_1": "version: retail_2",
    "stages: [awareness, consideration,": "stages: [awareness, consideration, basket,",
    "touchpoint: cart_added, stage: consideration": "touchpoint: cart_added, stage: basket",
    "{event: Signed In}, touchpoint: signed_in": "{event: Signed In}, drop: no_contact",
    "{topic: return}, touchpoint: return_call": "{topic: return}, touchpoint: complaint_call",
    "{event: Product Reviewed}, touchpoint: review_written, stage: advocacy}":
        "{event: Nothing of the Kind}, touchpoint: review_written, stage: advocacy}",
    "{metric: nps}, touchpoint": "{metric: nps, score: {min: 9}}, touchpoint",
    "      - {when: {event: sale}": "      - {when: {event: sale, value: {max: 20}}, touchpoint: "
                                    "small_purchase, channel: kiosk}\n      - {when: {event: sale}",
    "    inactivity: 30d": "    inactivity: 7d",
    "goals: [order_completed, store_purchase,":
        "starts_at: [ad_visit]\n    goals: [order_completed, small_purchase, store_purchase,",
}  # fmt: skip
SERVICE = "  - name: service_case\n    inactivity: 3d\n    goals: [help_read]\n\n# Per source"


def edited(directory: Path) -> Path:
    text = DEFAULT_MAPPING.read_text(encoding="utf-8")
    for old, new in {**EDITS, "\n# Per source": SERVICE}.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    path = directory / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sample_logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    end = datetime(2026, 3, 1, 12, tzinfo=UTC)
    logs = simulate(tmp_path_factory.mktemp("logs"), events=1_500, end=end)
    return {format_name: getattr(logs, source) for source, format_name in LOGS.items()}


@pytest.fixture
def retail(warehouse: Warehouse, sample_logs: dict[str, Path]) -> Warehouse:
    keep(warehouse, list(sample_logs.items()), load_mapping())
    stitch(warehouse, load_mapping(), NOW)
    return warehouse


@pytest.mark.parametrize("sample", [pytest.param(1, marks=pytest.mark.long), 3])
def test_in_simulated_logs_it_is_what_happens(
    retail: Warehouse, tmp_path: Path, sample: int
) -> None:
    before, after = load_mapping(), load_mapping(edited(tmp_path))
    found = check(retail, before, after, sample)
    # The edits are of every kind that a mapping can be changed in.
    assert set(found["states"]) >= {("touchpoint", "touchpoint"), ("touchpoint", "dropped")}
    assert (
        found["definitions"]["service_case"][:2][0] == 0 < found["definitions"]["service_case"][1]
    )
    was, now, converted, converts, customers, changed = found["definitions"]["customer_journey"]
    assert was < now and converted != converts and 0 < changed < customers
    # And back: what comes goes, what was dropped is a touchpoint again.
    assert ("dropped", "touchpoint") in check(retail, after, before, sample)["states"]


def test_a_mapping_that_says_the_same_changes_nothing(retail: Warehouse) -> None:
    plan = load_mapping()
    found = mapping_diff(retail, plan, plan)
    assert (found.changed, found.customers_changed, found.changes) == (0, 0, [])
    assert found.events > 1_000 and found.touchpoints[0] == found.touchpoints[1] > 1_000
    assert all(row.journeys[0] == row.journeys[1] for row in found.journeys)


def test_journeys_of_accounts_are_compared_but_not_in_a_sample(warehouse: Warehouse) -> None:
    def told_by(inactivity: str) -> Mapping:
        account = {"name": "buying", "unit": "account", "inactivity": inactivity}
        return having({"name": "short", "inactivity": "30m"}, account, over=OLD)

    journal = Journal(warehouse, "old:1")
    journal.keep(
        *(at(5 * n, who=f"user_id:u{n}", account="account:A") for n in range(3)),
        at(0, who="user_id:u9", account="account:B", id="other"),
    )
    before, after = told_by("30m"), told_by("1m")
    stitch(warehouse, before, journal.now)
    whole = mapping_diff(warehouse, before, after)
    assert whole.journeys[1] == ("buying", (2, 4), (0, 0), 2, 1)
    assert (whole.customers, whole.customers_changed) == (4, 0)
    half = mapping_diff(warehouse, before, after, sample=2)
    assert [row.definition for row in half.journeys] == ["short"]


# --- it leaves no trace


@pytest.fixture
def small(warehouse: Warehouse) -> Warehouse:
    journal = Journal(warehouse, "old:1")
    journal.keep(*TOLD)
    stitch(warehouse, OLD, journal.now)
    return warehouse


@pytest.mark.parametrize("sample", [pytest.param(1, marks=pytest.mark.long), 2])
def test_nothing_of_it_stays(small: Warehouse, sample: int) -> None:
    before = footprint(small)
    assert mapping_diff(small, OLD, NEW, sample=sample).changed > 0
    assert footprint(small) == before


def test_nothing_of_it_stays_where_it_is_cut_off(small: Warehouse) -> None:
    before = footprint(small)

    def cut(task: str, done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mapping_diff(small, OLD, NEW, progress=cut)
    assert footprint(small) == before


def test_what_a_killed_one_left_behind_is_cleared_up(small: Warehouse) -> None:
    before = footprint(small)
    right = told(mapping_diff(small, OLD, NEW))
    small.command("CREATE TABLE diff_event_log CLONE AS event_log")
    small.command("CREATE TABLE diff_journey_log (a UInt8) ENGINE = Memory")
    assert told(mapping_diff(small, OLD, NEW)) == right
    assert footprint(small) == before


@pytest.mark.parametrize(
    "sql", ["INSERT INTO stage_log SELECT 1, '', 1", "DELETE FROM journey_log WHERE 1", "SELECT 1"]
)
def test_it_refuses_to_write_where_nothing_is_copied(small: Warehouse, sql: str) -> None:
    with pytest.raises(AssertionError, match="dry run"):
        Aside(small, COPIED, COPY).command(sql)
    with pytest.raises(AssertionError, match="dry run"):
        Aside(small, COPIED, COPY).insert("stage_log", {"position": [1]})


# --- what the mappings themselves say


def test_what_comes_and_goes_in_the_mapping_is_named() -> None:
    new = named({"seen": "seen", "helped": "wrapped"}).model_copy(
        update={"stages": ["awareness", "after", "purchase"], "journeys": MAPPING.journeys[1:],
                "labels": {"seen": {"en": "Seen"}}}
    )  # fmt: skip
    assert {name: tuple(names) for name, names in sections(OLD, new).items()} == {
        "stages": (["after"], ["service"], []),
        "touchpoints": (["wrapped"], ["compared", "bought", "helped"], []),
        "journeys": ([], ["short"], []),
        "themes": ([], [], []),
        "labels": (["seen"], [], []),
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"identity": NEW.identity.model_copy(update={"max_hops": 1})}, "identity sections differ"),
        ({"formats": load_mapping().formats}, "time zones"),
    ],
)
def test_what_is_not_counted_is_said(changes: dict[str, Any], says: str | None) -> None:
    notes = document(Difference(), OLD, NEW.model_copy(update=changes))["notes"]
    assert [note for note in notes if says and says in note] == notes
    assert len(notes) == (says is not None)


def test_what_is_not_stitched_yet_is_said(small: Warehouse) -> None:
    journal = Journal(small, "old:1")
    journal.offset = 50
    journal.keep(at(99))
    assert mapping_diff(small, OLD, NEW).unstitched == 1


# --- the command


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sample_logs: dict[str, Path]) -> Path:
    directory = tmp_path_factory.mktemp("diff")
    for format_name, log in sample_logs.items():
        done = cjm(directory, "load", "--direct", "--format", format_name, str(log))
        assert done.returncode == 0, done.stderr
    edited(directory)
    return directory


def test_a_stranger_can_read_it(place: Path) -> None:
    done = cjm(place, "mapping", "diff", "new.yaml")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    for line in (
        "If new.yaml (retail_2) replaced retail_1 in chdb:///cjm-data",
        "+ stages: basket",
        "+ journeys: service_case",
        "events change",
        "touchpoint → dropped",
        "cart_added, stage consideration → basket",
        "signed_in → dropped (no_contact)",
        "Product Added (segment)",
        "customers or accounts changed",
    ):
        assert line in done.stdout, line


def test_a_program_can_read_it(place: Path) -> None:
    done = cjm(place, "mapping", "diff", "new.yaml", "--json", "--sample", "2")
    said = json.loads(done.stdout)
    assert sum(kind["events"] for kind in said["events"]["kinds"]) == said["events"]["changed"] > 0
    assert len(said["events"]["most_frequent"]) <= 15
    assert said["sample"] == 2 and "one customer in 2" in said["notes"][0]
    assert {row["definition"] for row in said["definitions"]} == {
        "customer_journey",
        "service_case",
    }


@pytest.mark.parametrize("yaml", ["none.yaml", "broken.yaml"])
def test_a_wrong_mapping_is_refused(place: Path, yaml: str) -> None:
    (place / "broken.yaml").write_text("version: [\n")
    done = cjm(place, "mapping", "diff", yaml)
    assert done.returncode == 78 and yaml in done.stderr


def test_what_people_wrote_is_not_shown(place: Path) -> None:
    done = cjm(place, "mapping", "diff", "new.yaml", "--json")
    for event in json.loads(done.stdout)["events"]["most_frequent"]:
        assert set(event["example"]) == {"format", "name"}
