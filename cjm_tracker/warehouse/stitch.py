"""Stitching: from facts to customers and journeys, for the customers touched or for all.

The full rebuild and the increment differ in one thing, which identifiers they start from. Both
resolve those (`customers`), and let `sql/stitch/paths.sql` write the journeys of the customers
concerned.

Order of writing: which customers, their journeys, who is who, then the mark that the batches are
taken in. A crash in between leaves the batches unmarked; the next stitch finds the old who-is-who
and does the same work again. Customers the crashed one named, and nobody else knows of, are found
in its scope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from cjm_tracker.identity.resolve import Numbers, Resolution
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Columns, Warehouse
from cjm_tracker.warehouse.customers import Resolved, resolve_all, resolve_touched, write_identities

# Customers whose journeys are written at once: bounds the memory of a rebuild.
PART = 50_000


@dataclass(frozen=True, slots=True)
class StitchResult:
    """What one stitch took in and wrote, and its number."""

    batches: int
    customers: int
    run: int = field(default=0, compare=False)


NOTHING = StitchResult(0, 0)


def stitch(
    warehouse: Warehouse,
    mapping: Mapping,
    now: int,
    *,
    key: bytes = b"",
    full: bool = False,
    last: int = 0,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> StitchResult:
    """Take in the batches and decisions stored since the last stitch; with `full`, everything anew.

    `now` is ms since 1970; it names the run, and no two stitches share one. `key` is that of the
    hashes, to know declared e-mail addresses and phones by. `last` is the run of the caller's own
    last stitch by this mapping: while it is everybody's last, what it has left is known.
    """
    run, is_current, latest = next_run(warehouse, now)
    is_mine = 0 < last == latest
    tokens = unstitched(warehouse)
    full = full or not is_current
    if not tokens and not full:
        return NOTHING
    if full:
        resolved, customers = everybody(warehouse, run, mapping, key)
    else:
        _do(warehouse, "contest", run=run, full=0)
        _do(warehouse, "touch", run=run)
        resolved = resolve_touched(warehouse, run, mapping, key)
        customers = resolved.concerned()
        if not is_mine:
            customers = np.union1d(customers, _unfinished(warehouse, run, resolved.after))
    if not is_mine:
        write_names(warehouse, run, mapping)
    parts = write_scope(warehouse, run, resolved.after, customers)
    for part in range(parts):
        write_part(warehouse, run, mapping, part)
        progress(part + 1, parts)
    write_accounts(warehouse, run, mapping, full=full)
    if full:
        forget_definitions(warehouse, run, mapping)
    write_identities(warehouse, run, resolved)
    mark(warehouse, run, tokens)
    batches = sum(not token.startswith("decision:") for token in tokens)
    return StitchResult(batches, len(customers), run)


def next_run(warehouse: Warehouse, now: int) -> tuple[int, bool, int]:
    """The number of a run that begins now; whether customers are of this version's rules; and the
    latest run of anybody."""
    latest, is_current = _ask(warehouse, "last_run")[0]
    return max(now, int(latest) + 1), bool(is_current), int(latest)


def unstitched(warehouse: Warehouse) -> list[str]:
    """The tokens of batches and decisions that no stitch has taken in."""
    return [row[0] for row in _ask(warehouse, "unstitched")]


def mark(warehouse: Warehouse, run: int, tokens: list[str]) -> None:
    """Batches and decisions as taken in."""
    marks: Columns = {"token": tokens, "run": [run] * len(tokens)}
    warehouse.insert("stitched_log", marks)


def everybody(
    warehouse: Warehouse, run: int, mapping: Mapping, key: bytes
) -> tuple[Resolved, Numbers]:
    """Everybody resolved from nothing, and all customers there are or were."""
    _do(warehouse, "contest", run=run, full=1)
    resolved = resolve_all(warehouse, run, mapping, key)
    return resolved, np.union1d(resolved.concerned(), _written_customers(warehouse))


def write_part(warehouse: Warehouse, run: int, mapping: Mapping, part: int) -> None:
    """The journeys of one part of the scope, by every definition of customers' journeys."""
    _write_paths(warehouse, run, mapping, "customer", part)


def write_accounts(
    warehouse: Warehouse, run: int, mapping: Mapping, *, full: bool, size: int = PART
) -> None:
    """The journeys of all accounts, or of those that the identifiers of this run were seen with.

    So many accounts at once. The scope of the run says who is who.
    """
    if all(definition.unit == "customer" for definition in mapping.definitions):
        return
    _do(warehouse, "accounts", run=run, full=int(full), size=size)
    for part in range(_ask(warehouse, "account_parts", run=run)[0][0]):
        _write_paths(warehouse, run, mapping, "account", part)


def _write_paths(warehouse: Warehouse, run: int, mapping: Mapping, unit: str, part: int) -> None:
    for definition in mapping.definitions:
        if definition.unit == unit:
            _do(warehouse, "paths", part=part, **_parameters(run, mapping, definition))


def forget_definitions(warehouse: Warehouse, run: int, mapping: Mapping) -> None:
    """Journeys of definitions the mapping no longer has, and of their earlier versions."""
    versions = [definition.version for definition in mapping.definitions]
    _do(warehouse, "forget_definitions", run=run, versions=versions)


def _ask(warehouse: Warehouse, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return warehouse.query(sql_text(f"stitch/{name}.sql"), parameters).rows


def _do(warehouse: Warehouse, name: str, **parameters: Any) -> None:
    warehouse.command(sql_text(f"stitch/{name}.sql"), parameters)


def _written_customers(warehouse: Warehouse) -> Numbers:
    found: Numbers = warehouse.numbers(sql_text("stitch/written_customers.sql"), {}, np.uint64)[0]
    return found


def _unfinished(warehouse: Warehouse, run: int, after: Resolution) -> Numbers:
    """Of a stitch that was cut off, the customers of identifiers resolved in this one."""
    identifier, customer = warehouse.numbers(
        sql_text("stitch/unfinished.sql"), {"run": run}, np.uint64, np.uint64
    )
    return customer[np.isin(identifier, after.number)]


def write_scope(
    warehouse: Warehouse,
    run: int,
    after: Resolution,
    customers: Numbers,
    size: int = PART,
) -> int:
    """The identifiers of the customers concerned, in parts of so many customers; how many parts.

    Number 0 stands for a customer who is no more.
    """
    mine = np.isin(after.customer, customers)
    gone = np.setdiff1d(customers, after.customer)
    identifier = np.concatenate((after.number[mine], np.zeros(len(gone), np.uint64)))
    customer = np.concatenate((after.customer[mine], gone))
    part = np.searchsorted(customers, customer) // size
    columns: Columns = {
        "run": np.full(len(identifier), run, np.uint64),
        "identifier": identifier,
        "customer": customer,
        "part": part.astype(np.uint16),
    }
    warehouse.insert("stitch_scope", columns)
    return -(-len(customers) // size)


def write_names(warehouse: Warehouse, run: int, mapping: Mapping) -> None:
    """Stages, identifier kinds and journey definitions in their order, where others were known."""
    stages = [(stage,) for stage in mapping.stages]
    if warehouse.query("SELECT stage FROM stages ORDER BY position").rows != stages:
        columns: Columns = {
            "position": list(range(1, len(stages) + 1)),
            "stage": mapping.stages,
            "run": [run] * len(stages),
        }
        warehouse.insert("stage_log", columns)
    ranked = list(mapping.identity.ranks)
    kinds = [(kind, int(mapping.identity.kinds[kind].strong)) for kind in ranked]
    if warehouse.query("SELECT kind, is_strong FROM kinds ORDER BY position").rows != kinds:
        columns = {
            "position": list(range(1, len(kinds) + 1)),
            "kind": ranked,
            "is_strong": [strong for _, strong in kinds],
            "run": [run] * len(kinds),
        }
        warehouse.insert("kind_log", columns)
    _write_definitions(warehouse, run, mapping.definitions)


def _write_definitions(
    warehouse: Warehouse, run: int, definitions: list[JourneyDefinition]
) -> None:
    said = [(definition.name, definition.version) for definition in definitions]
    if _ask(warehouse, "definitions") == said:
        return
    columns: Columns = {
        "definition": [one.name for one in definitions],
        "position": list(range(1, len(definitions) + 1)),
        "version": [one.version for one in definitions],
        "unit": [one.unit for one in definitions],
        "stages": [one.stages for one in definitions],
        "optional_stages": [one.optional_stages for one in definitions],
        "goals": [one.goals for one in definitions],
        "starts_at": [one.starts_at for one in definitions],
        "only_from_start": [int(one.only_from_start) for one in definitions],
        "ends_at": [one.ends_at for one in definitions],
        "inactivity_s": [_seconds(one.inactivity) for one in definitions],
        "inactivity_by_channel_s": [
            {channel: _seconds(wait) for channel, wait in one.inactivity_by_channel.items()}
            for one in definitions
        ],
        "lookback_s": [one.lookback and _seconds(one.lookback) for one in definitions],
        "run": [run] * len(definitions),
    }
    warehouse.insert("definition_log", columns)


def _parameters(run: int, mapping: Mapping, definition: JourneyDefinition) -> dict[str, Any]:
    by_channel = definition.inactivity_by_channel
    return {
        "run": run,
        "unit": definition.unit,
        "scope": f"{definition.unit}_scope",
        "ordered": f"{definition.unit}_steps",
        "definition": definition.name,
        "version": definition.version,
        "sources": mapping.source_priority,
        "stages": definition.stages,
        "goals": definition.goals,
        "starts_at": definition.starts_at,
        "only_from_start": int(definition.only_from_start),
        "ends_at": definition.ends_at,
        "patience_ms": _ms(definition.inactivity),
        # transform() wants at least one pair; no channel is named ''.
        "channels": ["", *by_channel],
        "patience_by_channel_ms": [0, *(_ms(duration) for duration in by_channel.values())],
        "lookback_s": _seconds(definition.lookback) if definition.lookback else 0,
    }


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)
