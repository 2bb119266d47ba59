"""All that the warehouse knows about one identifier, as `identity.explain` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cjm_tracker.identity import DeclaredRules, Known, Standing
from cjm_tracker.identity.explain import Facts, Link, Stay, in_turn
from cjm_tracker.identity.verdicts import InForce, Placed, stands_alone
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.decisions import decisions
from cjm_tracker.warehouse.queries import run_query

EVER = 2**63 - 1  # later than any stitch


class Moved(NamedTuple):
    """An identifier in its new place, and the customer it was before; 0 for none."""

    placed: Placed
    was: int


class Reader:
    """Reads what is known about identifiers; `declared` is what the mapping says of some."""

    def __init__(self, warehouse: Warehouse, declared: DeclaredRules) -> None:
        self._warehouse = warehouse
        self._declared = declared

    def places(self, numbers: Iterable[int]) -> dict[int, Placed]:
        """The identifiers of those numbers that have ever been seen."""
        wanted = sorted(set(numbers))
        rows = self._rows("identity_places", numbers=wanted) if wanted else []
        return {placed.number: placed for placed in map(self._placed, rows)}

    def beginning(self, start: str, kinds: Sequence[str]) -> list[int]:
        """Numbers of identifiers of those kinds whose stored value begins so."""
        rows = self._rows("identity_beginning", beginning=start, kinds=list(kinds))
        return [row["identifier"] for row in rows]

    def stays(self, number: int) -> list[Stay]:
        """Whose the identifier was reported to be, in order of time."""
        rows = run_query(self._warehouse, "identity_stays", identifier=number).rows
        return in_turn([Stay(*row) for row in rows])

    def members(self, customer: int, limit: int, at: int = EVER) -> tuple[list[Placed], int]:
        """A customer's identifiers as they were at that time, and how many there were."""
        sql = sql_text("queries/identity_members.sql")
        found = self._warehouse.numbers(
            sql, {"customer": customer, "at": at}, np.uint64, np.int64, np.int64
        )
        numbers, hops, standings = (column.tolist() for column in found)
        known = self.places(numbers[:limit])
        members = [
            known[number]._replace(customer=customer, hops=hop, standing=standing)
            for number, hop, standing in zip(numbers, hops, standings, strict=True)
            if number in known
        ]
        return members, len(numbers)

    def moved(self, decision: int) -> list[Moved]:
        """Who belongs to another customer since a decision was taken in."""
        rows = self._rows("identity_moved", decision=decision)
        return [Moved(was=row.pop("was"), placed=Placed(**row)) for row in rows]

    def facts(self, placed: Placed, limit: int) -> Facts:
        """Everything about one identifier, with its latest links only."""
        decided = decisions(self._warehouse)
        in_force = InForce(decided)
        named = self.places(end for decision in decided for end in decision.ends)
        return Facts(
            placed,
            self._links("identity_links", identifier=placed.number, limit=limit),
            self._alike(placed, named),
            self._persons(placed, self._barred(placed, in_force, named)),
            self._chain(placed, in_force, named),
            self._together(placed),
            decided,
            named,
            self.stays(placed.number),
            [row["account"] for row in self._rows("identity_accounts", identifier=placed.number)],
        )

    def _alike(self, placed: Placed, named: dict[int, Placed]) -> list[tuple[Placed, int]]:
        rows = self._rows(
            "identity_alike",
            identifier=placed.number,
            component=placed.component,
            numbers=sorted(named),
            customers=sorted({placed.customer, *(one.customer for one in named.values())} - {0}),
        )
        alike = []
        for row in rows:
            count = row.pop("identifiers")
            declared = named[row["number"]].declared if row["number"] in named else ""
            alike.append((Placed(**row, declared=declared), count))
        return alike

    def _persons(self, placed: Placed, barred: list[int]) -> dict[int, int]:
        rows = self._rows("identity_persons", identifier=placed.number, barred=barred)
        return {row["hops"]: row["persons"] for row in rows}

    def _chain(self, placed: Placed, in_force: InForce, named: dict[int, Placed]) -> list[Link]:
        """The links from an identifier to the person it follows."""
        chain: list[Link] = []
        here = placed
        while here.standing == Standing.linked:
            nearer = self._links(
                "identity_nearer",
                identifier=here.number,
                customer=here.customer,
                hops=here.hops - 1,
                barred=self._barred(here, in_force, named),
            )
            if not nearer:
                break
            chain += nearer
            here = nearer[0].other
        return chain

    def _barred(self, here: Placed, in_force: InForce, named: dict[int, Placed]) -> list[int]:
        """Those whose link with `here` does not count, whatever their standing."""
        alone = {one.number for one in named.values() if stands_alone(one, in_force)}
        return sorted(alone | in_force.foes(here.number).keys())

    def _together(self, placed: Placed) -> int:
        if placed.standing == Standing.crowd:
            rows = self._rows("identity_crowd", component=placed.component)
            return int(rows[0]["identifiers"])
        if placed.standing == Standing.anonymous:
            return self.members(placed.customer, 0)[1]
        return 1

    def _links(self, query: str, **parameters: Any) -> list[Link]:
        rows = run_query(self._warehouse, query, **parameters).rows
        others = self.places(row[0] for row in rows)
        return [Link(others.get(row[0], Placed(row[0], "")), *row[1:]) for row in rows]

    def _placed(self, row: dict[str, Any]) -> Placed:
        known = Known(row["number"], row["kind"], row["value"])
        return Placed(**row, declared=self._declared.standing(known))

    def _rows(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        return run_query(self._warehouse, name, **parameters).dicts()
