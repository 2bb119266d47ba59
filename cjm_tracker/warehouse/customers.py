"""Who is who in the warehouse: what has to be resolved anew, and what became of it.

An increment starts from the identifiers of new events and decisions, and looks at rings around
them: 0 those identifiers, 1 what a later round added, 2 the rest of their components, 3 what these
are linked to, 4 the shared ones of those, and 5 what only they are linked to. Rings 0 to 2 and 4
are resolved; what else shared identifiers are linked to is taken as it was. 6 tells which of 0
decisions name.

Should a shared identifier turn out not to be shared any more, it joins what it is linked to: then
all that is taken in, and resolved once more. So it is with links that count since a decision.

Workers go on storing meanwhile. Links of batches that this stitch does not take in may be seen, and
are left for the next one: a stitch that followed them would go on for as long as others store.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cjm_tracker.identity import (
    ALONE,
    Decisions,
    Limits,
    Links,
    Nodes,
    Resolution,
    Standing,
    declared_standing,
    resolve,
)
from cjm_tracker.identity.resolve import NOBODY, Flags, Integers, Numbers
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Columns, Warehouse

DECLARED_AS = {"household": Standing.shared, "kiosk": Standing.public}


Found = tuple[Numbers, Integers, Integers, Integers]  # the first four columns of Nodes


class States(NamedTuple):
    """Who is who so far, by column; numbers ascending."""

    number: Numbers
    customer: Numbers
    component: Numbers
    hops: Integers
    standing: Integers

    def where(self, holds: Flags) -> States:
        return States(
            self.number[holds],
            self.customer[holds],
            self.component[holds],
            self.hops[holds],
            self.standing[holds],
        )


class Resolved(NamedTuple):
    """What a stitch found: everybody looked at, as they were and as they are."""

    before: States
    after: Resolution
    starting: Numbers  # identifiers that new events and decisions name

    @property
    def changed(self) -> Flags:
        """Which rows of `after` say something new."""
        place, known = _find(self.before.number, self.after.number)
        same = known.copy()
        for was, now in zip(self.before[1:], self.after[1:], strict=True):
            same[known] &= was[place[known]] == now[known]
        return ~same

    def concerned(self) -> Numbers:
        """Customers to be written: those with new events, and those who gained or lost anything."""
        place, known = _find(self.before.number, self.after.number)
        stays = known.copy()
        stays[known] = self.before.customer[place[known]] == self.after.customer[known]
        gained = self.after.customer[~stays | np.isin(self.after.number, self.starting)]
        lost = self.before.customer[place[known & ~stays]]
        return _without_nobody(np.concatenate((gained, lost)))


def resolve_all(warehouse: Warehouse, run: int, mapping: Mapping, key: bytes) -> Resolved:
    """Everybody, from nothing."""
    around = _Around(warehouse, run, mapping, key, full=True)
    nodes = around.nodes()
    settled = np.full(len(nodes[0]), -1, np.int64)
    nobody = np.zeros(len(nodes[0]), np.uint64)
    after = around.resolve(Nodes(*nodes, nobody, settled), around.links([]))
    return Resolved(around.states([]), after, after.number)


def resolve_touched(warehouse: Warehouse, run: int, mapping: Mapping, key: bytes) -> Resolved:
    """Those in ring 0 of this run, and whoever their links reach."""
    around = _Around(warehouse, run, mapping, key, full=False)
    starting, decided = around.starting()
    seeds = starting
    while True:
        resolved, more = _resolve_around(around, starting, decided, seeds)
        if not len(more):
            return resolved
        around.add(1, more)
        seeds = np.union1d(seeds, more)


def _resolve_around(
    around: _Around, starting: Numbers, decided: Numbers, seeds: Numbers
) -> tuple[Resolved, Numbers]:
    """The resolution, and the identifiers to take in as well if it does not hold yet."""
    around.widen()
    near = around.states([0, 1, 2])
    components = near.component[np.isin(near.number, seeds)]
    inside = np.union1d(seeds, near.number[np.isin(near.component, components)])
    links = around.links([0, 1, 2])
    links = links.where(np.isin(links.left, inside))
    beside = around.beside(np.union1d(links.right, around.foes(inside)), inside, ring=3)
    shared = beside.number[np.isin(beside.standing, ALONE)]
    around.add(4, shared)
    far_links = around.links([4])
    inside = np.union1d(inside, shared)
    far = around.beside(np.union1d(far_links.right, around.foes(inside)), inside, ring=5)
    before = _joined(near, beside, far)
    mine = np.isin(before.number, inside)
    alone = before.number[np.isin(before.standing, ALONE) & mine]
    # Links that a decision undone lets count again; those of one that was alone follow below.
    parts = np.isin(links.left, decided) & ~np.isin(links.left, alone)
    parted = np.intersect1d(links.right[parts], beside.number[~np.isin(beside.standing, ALONE)])
    links = links.plus(far_links)
    # Only of those alone a link leads out; another one's is of a batch that is still to come.
    links = links.where(np.isin(links.left, alone) | np.isin(links.right, inside))
    after = around.resolve(_nodes(around.nodes(), before, inside), links)
    resolved = Resolved(before.where(mine), after, starting)
    freed = np.intersect1d(alone, after.number[~np.isin(after.standing, ALONE)])
    joined = links.right[np.isin(links.left, freed)]
    return resolved, np.setdiff1d(np.union1d(joined, parted), inside)


def _nodes(found: Found, before: States, inside: Numbers) -> Nodes:
    """The identifiers found, those not `inside` settled as they were."""
    number = found[0]
    place, known = _find(before.number, number)
    owned = np.isin(before.standing, (Standing.person, Standing.linked))
    owner = np.zeros(len(number), np.uint64)
    owner[known] = np.where(owned, before.customer, NOBODY)[place[known]]
    hops = np.zeros(len(number), np.int64)
    hops[known] = before.hops[place[known]]
    hops[np.isin(number, inside)] = -1
    return Nodes(*found, owner, hops)


class _Around:
    """Reads what is around the identifiers of one run."""

    def __init__(
        self, warehouse: Warehouse, run: int, mapping: Mapping, key: bytes, *, full: bool
    ) -> None:
        self._warehouse = warehouse
        self._run = run
        self._given = {"run": run, "full": int(full)}
        config = mapping.identity
        self._kinds = list(config.ranks)
        ranked = [config.kinds[name] for name in self._kinds]
        self._limits = Limits(
            [kind.strong for kind in ranked],
            [kind.limit for kind in ranked],
            config.public_from,
            config.max_anonymous,
            config.max_hops,
        )
        self._declared = _declared(mapping, key)
        decided = self._rows("decisions")
        self._apart = np.array([row[2] for row in decided if row[1] == "unmerge"], np.uint64)
        self._decisions = Decisions(
            [(row[2], row[3]) for row in decided if row[1] == "include"],
            [(row[2], row[3]) for row in decided if row[1] == "exclude"],
        )

    def resolve(self, nodes: Nodes, links: Links) -> Resolution:
        return resolve(nodes, links, self._limits, self._decisions)

    def foes(self, numbers: Numbers) -> Numbers:
        """Whatever is excluded from one of these: nobody may follow whom it already follows."""
        one, other = np.array(self._decisions.excluded, np.uint64).reshape(-1, 2).T
        return np.union1d(other[np.isin(one, numbers)], one[np.isin(other, numbers)])

    def starting(self) -> tuple[Numbers, Numbers]:
        """Ring 0, and those of it that decisions name."""
        identifier, decided = self._columns("starting", (np.uint64, np.int64))
        return identifier, identifier[decided == 1]

    def add(self, ring: int, numbers: Numbers) -> None:
        columns: Columns = {
            "run": np.full(len(numbers), self._run, np.uint64),
            "identifier": numbers,
            "ring": np.full(len(numbers), ring, np.uint8),
        }
        self._warehouse.insert("stitch_touched", columns)

    def widen(self) -> None:
        self._warehouse.command(sql_text("stitch/widen.sql"), self._given)

    def beside(self, numbers: Numbers, inside: Numbers, ring: int) -> States:
        """The states of those numbers that are not inside."""
        self.add(ring, np.setdiff1d(numbers, inside))
        return self.states([ring])

    def states(self, rings: list[int]) -> States:
        types = (np.uint64, np.uint64, np.uint64, np.int64, np.int64)
        return States(*self._columns("states", types, rings=rings))

    def links(self, rings: list[int]) -> Links:
        return Links(*self._columns("links", (np.uint64, np.uint64, np.int64), rings=rings))

    def nodes(self) -> Found:
        types = (np.uint64, np.int64, np.int64, np.int64)
        number, kind, first_seen, apart = self._columns(
            "nodes", types, kinds=self._kinds, **self._declared
        )
        apart[np.isin(number, self._apart)] = Standing.apart
        return number, kind, first_seen, apart

    def _columns(self, name: str, types: Any, **parameters: Any) -> Any:
        sql = sql_text(f"stitch/{name}.sql")
        return self._warehouse.numbers(sql, {**self._given, **parameters}, *types)

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self._warehouse.query(sql_text(f"stitch/{name}.sql")).rows


def _declared(mapping: Mapping, key: bytes) -> dict[str, Any]:
    """What the mapping declares, as `nodes.sql` takes it; the first of each says nothing."""
    rules = declared_standing(mapping.identity, key)
    return {
        "declared": [0, *rules.numbers],
        "declared_as": [0, *(int(DECLARED_AS[standing]) for standing in rules.numbers.values())],
        "prefix_kinds": ["", *(kind for kind, _, _ in rules.prefixes)],
        "prefixes": ["", *(prefix for _, prefix, _ in rules.prefixes)],
        "prefixes_as": [0, *(int(DECLARED_AS[standing]) for _, _, standing in rules.prefixes)],
    }


def write_identities(warehouse: Warehouse, run: int, resolved: Resolved) -> None:
    """Only what changed: the log is the history of who was who."""
    changed = resolved.changed
    after = resolved.after
    columns: Columns = {
        "identifier": after.number[changed],
        "customer": after.customer[changed],
        "component": after.component[changed],
        "hops": after.hops[changed].astype(np.uint8),
        "standing": after.standing[changed].astype(np.int8),
        "run": np.full(int(changed.sum()), run, np.uint64),
    }
    warehouse.insert("identity_log", columns)


def _find(sorted_: Numbers, wanted: Numbers) -> tuple[Integers, Flags]:
    """The place of each wanted number, and whether it is there."""
    if not len(sorted_):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.searchsorted(sorted_, wanted).clip(max=len(sorted_) - 1)
    return place, sorted_[place] == wanted


def _joined(*parts: States) -> States:
    """All of them, each identifier once."""
    number, customer, component, hops, standing = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    number, first = np.unique(number, return_index=True)
    return States(number, customer[first], component[first], hops[first], standing[first])


def _without_nobody(customers: Numbers) -> Numbers:
    found: Numbers = np.unique(customers[customers != NOBODY])
    return found
