"""Stitching: from facts to customers and journeys, for the customers touched or for all.

The full rebuild and the increment differ in one thing, which identifiers they start from. Both
widen them to whole components of links, resolve those, and let `sql/stitch/paths.sql` write the
journeys of the customers concerned.

Order of writing: which customers, their journeys, who is who, then the mark that the batches are
taken in. A crash in between leaves the batches unmarked; the next stitch finds the old who-is-who
and does the same work again. Customers the crashed one named, and nobody else knows of, are found
in its scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cjm_tracker.identity import Assignment, Link, Node, resolve
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Columns, Table, Warehouse


@dataclass(frozen=True, slots=True)
class StitchResult:
    """What one stitch took in and wrote."""

    batches: int
    customers: int


NOTHING = StitchResult(0, 0)


def stitch(warehouse: Warehouse, mapping: Mapping, now: int, *, full: bool = False) -> StitchResult:
    """Take in the batches stored since the last stitch; with `full`, everything anew.

    `now` is ms since 1970; it names the run, and no two stitches share one.
    """
    run = max(now, int(_ask(warehouse, "last_run").one()["run"]) + 1)
    tokens = [row[0] for row in _ask(warehouse, "unstitched").rows]
    if not tokens and not full:
        return NOTHING
    for statement in ("contest_all", "touch_all") if full else ("contest", "touch", "widen"):
        warehouse.command(sql_text(f"stitch/{statement}.sql"), {"run": run})
    before = {
        number: Assignment(component, customer, bool(shared))
        for number, component, customer, shared in _ask(warehouse, "before", run=run).rows
    }
    nodes = _ask(warehouse, "nodes", run=run).rows
    after = resolve(
        (Node(number, bool(strong), first_seen) for number, strong, first_seen, _ in nodes),
        (Link(left, right) for left, right in _ask(warehouse, "links", run=run).rows),
    )
    starting = {number for number, _, _, is_start in nodes if is_start}
    customers = _concerned(before, after, starting)
    customers |= {row[0] for row in _ask(warehouse, "unfinished", run=run).rows}
    if full:
        customers |= {row[0] for row in _ask(warehouse, "written_customers").rows}
    _write_scope(warehouse, run, after, customers)
    _write_stages(warehouse, run, mapping)
    for definition in mapping.journeys:
        parameters = _parameters(run, mapping, definition)
        warehouse.command(sql_text("stitch/paths.sql"), parameters)
    if full:
        names = [definition.name for definition in mapping.journeys]
        warehouse.command(sql_text("stitch/forget_definitions.sql"), {"definitions": names})
    _write_identities(warehouse, run, before, after)
    marks: Columns = {"token": tokens, "run": [run] * len(tokens)}
    warehouse.insert("stitched_log", marks, f"stitched_log:{run}")
    return StitchResult(len(tokens), len(customers))


def _ask(warehouse: Warehouse, name: str, **parameters: Any) -> Table:
    return warehouse.query(sql_text(f"stitch/{name}.sql"), parameters)


Assignments = dict[int, Assignment]


def _concerned(before: Assignments, after: Assignments, starting: set[int]) -> set[str]:
    """Customers to be written: those with new events, and those who gained or lost anything."""
    moved = {
        number
        for number, assignment in after.items()
        if number not in before or before[number].customer != assignment.customer
    }
    gained = {after[number].customer for number in moved | starting}
    lost = {before[number].customer for number in moved if number in before}
    return gained | lost


def _write_scope(warehouse: Warehouse, run: int, after: Assignments, customers: set[str]) -> None:
    """The identifiers of the customers concerned; number 0 for a customer who is no more."""
    rows = [
        (number, assignment.customer)
        for number, assignment in after.items()
        if assignment.customer in customers
    ]
    gone = customers - {customer for _, customer in rows}
    rows += [(0, customer) for customer in gone]
    columns: Columns = {
        "run": [run] * len(rows),
        "identifier": [number for number, _ in rows],
        "customer_id": [customer for _, customer in rows],
    }
    warehouse.insert("stitch_scope", columns, f"stitch_scope:{run}")


def _write_stages(warehouse: Warehouse, run: int, mapping: Mapping) -> None:
    known = [row[0] for row in warehouse.query("SELECT stage FROM stages ORDER BY position").rows]
    if known != mapping.stages:
        columns: Columns = {
            "position": list(range(1, len(mapping.stages) + 1)),
            "stage": list(mapping.stages),
            "run": [run] * len(mapping.stages),
        }
        warehouse.insert("stage_log", columns, f"stage_log:{run}")


def _write_identities(
    warehouse: Warehouse, run: int, before: Assignments, after: Assignments
) -> None:
    """Only what changed: the log is the history of who was who."""
    changed = [
        (number, assignment)
        for number, assignment in after.items()
        if before.get(number) != assignment
    ]
    columns: Columns = {
        "identifier": [number for number, _ in changed],
        "customer_id": [assignment.customer for _, assignment in changed],
        "component": [assignment.component for _, assignment in changed],
        "is_shared": [int(assignment.is_shared) for _, assignment in changed],
        "run": [run] * len(changed),
    }
    warehouse.insert("identity_log", columns, f"identity_log:{run}")


def _parameters(run: int, mapping: Mapping, definition: JourneyDefinition) -> dict[str, Any]:
    by_channel = definition.inactivity_by_channel
    return {
        "run": run,
        "definition": definition.name,
        "sources": mapping.source_priority,
        "stages": mapping.stages,
        "goals": definition.goals,
        "starts_at": definition.starts_at,
        "ends_at": definition.ends_at,
        "patience_ms": _ms(definition.inactivity),
        # transform() wants at least one pair; no channel is named ''.
        "channels": ["", *by_channel],
        "patience_by_channel_ms": [0, *(_ms(duration) for duration in by_channel.values())],
    }


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)
