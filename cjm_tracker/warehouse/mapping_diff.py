"""What another mapping would change in history: a rebuild done aside, compared, and thrown away.

Events are mapped and journeys written by the very code of a rebuild, but in copies of the tables
it writes to. The copy of `event_log` shares the parts of the original, so only what changes takes
room. Who is who stays as it is: rules and journey definitions do not touch it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping as Parameters
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.aside import aside
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.remap import PAGE, Group, Said, remap, years
from cjm_tracker.warehouse.stitch import PART, write_accounts, write_part

COPIED = ("event_log", "remap_page", "stitch_scope", "stitch_accounts", "journey_log")
COPY = "diff_"
RUN = 1  # of the copies; no stitch sees it

State = Literal["touchpoint", "unmapped", "dropped"]


class Change(NamedTuple):
    """Events of one source about which the mappings differ in the same way."""

    source: str
    before: Said
    after: Said
    events: int
    format: str  # of one of them
    name: str

    @property
    def kind(self) -> tuple[State, State]:
        return state(self.before), state(self.after)

    @property
    def only_beside(self) -> bool:
        """What it is called stays; its channel, stage, emotion or themes do not."""
        return (self.before.touchpoint, self.before.drop_reason) == (
            self.after.touchpoint,
            self.after.drop_reason,
        )


class Counts(NamedTuple):
    """A number as it is and as it would be."""

    before: int
    after: int


class Journeys(NamedTuple):
    """What would become of the journeys of one definition."""

    definition: str
    journeys: Counts
    conversions: Counts
    customers: int
    customers_changed: int


class Names(NamedTuple):
    """Names of one section of the mapping that come, go, or stay and mean something else."""

    added: list[str]
    removed: list[str]
    changed: list[str]


@dataclass(slots=True)
class Difference:
    """All that would change."""

    sample: int = 1  # one customer in so many was looked at
    unstitched: int = 0  # batches whose events are not in journeys yet
    events: int = 0
    changes: list[Change] = field(default_factory=list)  # the most frequent first
    touchpoints: Counts = Counts(0, 0)
    stages: dict[str, Counts] = field(default_factory=dict)
    stages_by: str = ""  # the definition whose steps these are
    journeys: list[Journeys] = field(default_factory=list)
    customers: int = 0
    customers_changed: int = 0  # by a definition that both mappings have

    @property
    def changed(self) -> int:
        return sum(change.events for change in self.changes)


def state(said: Said) -> State:
    """What an event is taken for."""
    if said.drop_reason:
        return "dropped"
    return "touchpoint" if said.touchpoint else "unmapped"


def sections(old: Mapping, new: Mapping) -> dict[str, Names]:
    """What the mappings themselves say differently."""
    return {
        "stages": _names(dict.fromkeys(old.stages), dict.fromkeys(new.stages)),
        "touchpoints": _names(old.touchpoints, new.touchpoints),
        "journeys": _names(
            {definition.name: definition for definition in old.journeys},
            {definition.name: definition for definition in new.journeys},
        ),
        "themes": _names(old.themes, new.themes),
        "labels": _names(old.labels, new.labels),
    }


def _names(old: Parameters[str, Any], new: Parameters[str, Any]) -> Names:
    return Names(
        [name for name in new if name not in old],
        [name for name in old if name not in new],
        [name for name in new if name in old and new[name] != old[name]],
    )


def mapping_diff(
    warehouse: Warehouse,
    old: Mapping,
    new: Mapping,
    *,
    sample: int = 1,
    progress: Callable[[str, int, int], None] = lambda task, done, of: None,
    page: int = PAGE,
    part: int = PART,
) -> Difference:
    """What a rebuild with `new` would change, where `old` is in force.

    Counted are the events and journeys as they are stored; `old` says only which definitions and
    stages are new. With a `sample` of n, one customer in n is looked at. One diff at a time.
    """
    found = warehouse.query(sql_text("rebuild/diff_customers.sql")).one()
    difference = Difference(sample, int(found["unstitched"]))
    parts = int(found["customers"]) // sample // part + 1
    cloned = ("event_log",) if sample == 1 else ()
    with aside(warehouse, COPY, COPIED, cloned=cloned) as copies:
        given = {"run": RUN, "parts": parts, "sample": sample}
        copies.command(sql_text("rebuild/diff_scope.sql"), given)
        if sample > 1:
            warehouse.command(sql_text("rebuild/diff_events.sql"))
        _compare_events(copies, new, page, difference, progress)
        for number in range(parts):
            write_part(copies, RUN, new, number)
            progress("paths", number + 1, parts)
        if sample == 1:  # of an account only some customers would be there
            write_accounts(copies, RUN, new, full=True, size=part)
        _compare_journeys(warehouse, old, new, difference)
    return difference


def _compare_events(
    copies: Warehouse,
    new: Mapping,
    page: int,
    difference: Difference,
    progress: Callable[[str, int, int], None],
) -> None:
    total = sum(stored for _, stored in years(copies))
    done = before = after = 0
    counts: Counter[tuple[str, Said, Said]] = Counter()
    examples: dict[tuple[str, Said, Said], Group] = {}
    for found in remap(copies, new, "diff", size=page):
        for group in found.groups:
            difference.events += group.events
            before += group.events * (state(group.before) == "touchpoint")
            after += group.events * (state(group.after) == "touchpoint")
            if group.changes and group.events:
                what = (group.source, group.before, group.after)
                counts[what] += group.events
                examples[what] = max(examples.get(what, group), group, key=lambda one: one.events)
        done += found.stored
        progress("map", min(done, total), total)
    difference.touchpoints = Counts(before, after)
    difference.changes = [
        Change(*what, events, examples[what].format, examples[what].example)
        for what, events in sorted(counts.items(), key=lambda item: (-item[1], repr(item[0])))
    ]


def _compare_journeys(
    warehouse: Warehouse, old: Mapping, new: Mapping, difference: Difference
) -> None:
    left_out = accounts_left_out(old, new, difference.sample)
    was, will = (
        [one.name for one in mapping.journeys if one.name not in left_out] for mapping in (old, new)
    )
    both = [name for name in was if name in will]
    given: dict[str, Any] = {"sample": difference.sample, "definitions": both}
    rows = warehouse.query(sql_text("rebuild/diff_journeys.sql"), given).rows
    figures = {row[0]: [int(number) for number in row[1:]] for row in rows}
    *_, difference.customers, difference.customers_changed = figures.pop("", [0, 0])
    figures = {name: found for name, found in figures.items() if name not in left_out}
    difference.journeys = [
        Journeys(name, Counts(*numbers[:2]), Counts(*numbers[2:4]), *numbers[4:])
        for name in dict.fromkeys([*was, *will, *figures])
        for numbers in [figures.get(name, [0] * 6)]
    ]
    given |= {"before": [*both, *was, ""][0], "after": [*both, *will, ""][0]}
    steps = warehouse.query(sql_text("rebuild/diff_stages.sql"), given).rows
    found = {stage: Counts(int(before), int(after)) for stage, before, after in steps}
    named = dict.fromkeys([*new.stages, *old.stages, ""])
    difference.stages = {stage: found.get(stage, Counts(0, 0)) for stage in named}
    difference.stages_by = given["after"]


def accounts_left_out(old: Mapping, new: Mapping, sample: int) -> list[str]:
    """The definitions a sample of customers says nothing about: those of accounts."""
    both = [*old.journeys, *new.journeys] if sample > 1 else []
    return list(dict.fromkeys(one.name for one in both if one.unit == "account"))
