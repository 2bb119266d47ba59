"""A rebuild: what the mapping says now, applied to everything that is stored.

Three tasks, one after the other:

    map      the rules are asked again about every stored event (`remap`)
    stitch   everybody is resolved anew; who is who is written
    paths    everybody's journeys are written anew, part after part

`rebuild_log` holds each page and part that is done. A rebuild that is cut off, wherever, goes on
behind the last of them when it is called again with the same mapping; another mapping, or a batch
that was stored by another mapping in between, has it begin anew.

Others may store and stitch meanwhile, as long as they use the same mapping:

- What they store is mapped as we would map it, so a page need not be looked at twice.
- Who is who is written before the journeys (an increment writes it after them). A stitch that
  begins later stands on it, and its run is later than ours: whom it has written we leave as they
  are. So the journeys that we go on to write, even after days, cannot hide anything that others
  have taken in.
- A stitch that was at work while we resolved everybody may have stood on who was who before; one
  that wrote a customer in the very moment we did has not seen what we wrote, nor we what it did.
  Therefore, where others have stitched, everybody is resolved once more at the end, and customers
  found to be others than is written, or to have journeys of both, are written again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cjm_tracker.identity.resolve import Numbers
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Columns, Warehouse
from cjm_tracker.warehouse.customers import Resolved, resolve_all, write_identities
from cjm_tracker.warehouse.facts import register_mapping
from cjm_tracker.warehouse.remap import BEGINNING, PAGE, Place, remap, years
from cjm_tracker.warehouse.stitch import (
    PART,
    everybody,
    forget_definitions,
    mark,
    next_run,
    stitch,
    unstitched,
    write_accounts,
    write_names,
    write_part,
    write_scope,
)

Progress = Callable[[str, int, int], None]  # of a task, so much done of so much


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to; where it went on after a cut, since then."""

    events: int = 0  # looked at
    changed: int = 0  # of which the rules say something else than was said
    customers: int = 0  # whose journeys are written anew
    went_on: bool = False
    meanwhile: bool = False  # another mapping was at work: those batches are as it left them


@dataclass(frozen=True, slots=True)
class Stitching:
    """The run that writes everybody's journeys."""

    run: int
    parts: int
    customers: int
    rows: int  # of its scope


def rebuild(
    warehouse: Warehouse,
    mapping: Mapping,
    version: str,
    now: int,
    *,
    key: bytes = b"",
    progress: Progress = lambda task, done, of: None,
    page: int = PAGE,
    part: int = PART,
) -> Rebuilt:
    """Apply the mapping to history, or go on with doing so; a second time changes nothing.

    `now` is ms since 1970, `version` the pipeline's, `key` that of the hashes. `page` events and
    `part` customers at once bound the memory.
    """
    log = _Log(warehouse, version, now)
    done = _map(warehouse, mapping, version, log, page, progress)
    register_mapping(warehouse, mapping, version, now)
    tokens: list[str] = []
    stitching = log.stitching()
    if stitching is None:
        tokens = unstitched(warehouse)
        stitching = _resolve(warehouse, mapping, now, key, part)
        log.add("stitch", stitching.run, stitching.parts, stitching.customers, stitching.rows)
    for number in range(log.parts_done(stitching.run), stitching.parts):
        write_part(warehouse, stitching.run, mapping, number)
        log.add("paths", stitching.run, number)
        progress("paths", number + 1, stitching.parts)
    write_accounts(warehouse, stitching.run, mapping, full=True, size=part)
    forget_definitions(warehouse, stitching.run, mapping)
    log.add("end")
    mark(warehouse, stitching.run, tokens)
    if _number(warehouse, "others", run=stitching.run):
        _look_again(warehouse, mapping, now, key, part)
    stitch(warehouse, mapping, now, key=key)  # what came after we had begun
    return replace(
        done,
        customers=stitching.customers,
        went_on=log.goes_on,
        meanwhile=log.foreign != _foreign(warehouse, version),
    )


def _map(
    warehouse: Warehouse, mapping: Mapping, version: str, log: _Log, size: int, progress: Progress
) -> Rebuilt:
    total = sum(stored for _, stored in years(warehouse))
    before = log.mapped_rows()
    events = changed = 0
    for page in remap(warehouse, mapping, version, after=log.mapped(), size=size):
        log.add("map", *page.end, page.stored)
        events += page.stored
        changed += sum(group.stored for group in page.groups if group.changes)
        progress("map", min(before + events, total), total)
    return Rebuilt(events, changed)


def _resolve(warehouse: Warehouse, mapping: Mapping, now: int, key: bytes, part: int) -> Stitching:
    """Everybody resolved, and the scope of the journeys to be written."""
    run = _announced(warehouse, now)
    resolved, customers = everybody(warehouse, run, mapping, key)
    return _settle(warehouse, mapping, run, resolved, customers, part)


def _look_again(warehouse: Warehouse, mapping: Mapping, now: int, key: bytes, part: int) -> None:
    """Resolve everybody, and write only those who are found to be others than is written."""
    run = _announced(warehouse, now)
    resolved = resolve_all(warehouse, run, mapping, key)
    changed = resolved._replace(starting=np.zeros(0, np.uint64)).concerned()
    (mixed,) = warehouse.numbers(sql_text("rebuild/mixed.sql"), {}, np.uint64)
    again = np.union1d(changed, mixed)
    stitching = _settle(warehouse, mapping, run, resolved, again, part)
    for number in range(stitching.parts):
        write_part(warehouse, run, mapping, number)
    write_accounts(warehouse, run, mapping, full=True, size=part)


def _settle(
    warehouse: Warehouse,
    mapping: Mapping,
    run: int,
    resolved: Resolved,
    customers: Numbers,
    part: int,
) -> Stitching:
    write_identities(warehouse, run, resolved)
    write_names(warehouse, run, mapping)
    parts = write_scope(warehouse, run, resolved.after, customers, part)
    return Stitching(run, parts, len(customers), _scope_rows(warehouse, run))


def _announced(warehouse: Warehouse, now: int) -> int:
    run, *_ = next_run(warehouse, now)
    warehouse.command(sql_text("rebuild/announce.sql"), {"run": run})
    return run


def _scope_rows(warehouse: Warehouse, run: int) -> int:
    return _number(warehouse, "scope_rows", run=run)


def _number(warehouse: Warehouse, name: str, **parameters: Any) -> int:
    return int(warehouse.query(sql_text(f"rebuild/{name}.sql"), parameters).rows[0][0])


def _foreign(warehouse: Warehouse, version: str) -> str:
    rows = warehouse.query(sql_text("rebuild/foreign.sql"), {"version": version}).rows
    return str(rows[0][0])


class _Log:
    """How far the rebuild at hand has come: the latest one, where it can go on, or a new one."""

    def __init__(self, warehouse: Warehouse, version: str, now: int) -> None:
        self._warehouse = warehouse
        self._version = version
        self.foreign = _foreign(warehouse, version)
        rows = warehouse.query(sql_text("rebuild/latest.sql")).rows
        self._done = [(task, place) for _, _, task, place in rows]
        self.goes_on = (
            all(row[1] == version for row in rows)
            and ("begin", self.foreign) in self._done
            and ("end", "") not in self._done
        )
        if self.goes_on:
            self._rebuild = int(rows[0][0])
        else:
            self._rebuild = max([now, *(int(row[0]) + 1 for row in rows)])
            self._done = []
            self._add("begin", self.foreign)

    def add(self, task: str, *place: int) -> None:
        self._add(task, " ".join(map(str, place)))

    def _add(self, task: str, place: str) -> None:
        self._done.append((task, place))
        row: Columns = {
            "rebuild": [self._rebuild],
            "version": [self._version],
            "task": [task],
            "place": [place],
        }
        self._warehouse.insert("rebuild_log", row)

    def _places(self, task: str) -> list[tuple[int, ...]]:
        return sorted(tuple(map(int, place.split())) for done, place in self._done if done == task)

    def mapped(self) -> Place:
        """The last place up to which events are mapped."""
        return max((Place(*place[:3]) for place in self._places("map")), default=BEGINNING)

    def mapped_rows(self) -> int:
        return sum(place[3] for place in self._places("map"))

    def stitching(self) -> Stitching | None:
        """The run that was writing journeys, where its scope is still there."""
        for run, parts, customers, rows in reversed(self._places("stitch")):
            if _scope_rows(self._warehouse, run) == rows:
                return Stitching(run, parts, customers, rows)
        return None

    def parts_done(self, run: int) -> int:
        return sum(1 for place in self._places("paths") if place[0] == run)
