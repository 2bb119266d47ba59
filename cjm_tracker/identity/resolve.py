"""From links to customers: a pure function of the set of links.

1. Strong identifiers joined by direct links are one *person*. Weak ones never join two persons.
2. A weak identifier belongs to the one person it is linked to. One linked to several is *shared*
   (a household phone, a kiosk): it belongs to nobody, and its links count for nothing.
3. Weak identifiers further off follow the nearest person, hop by hop; a tie makes them shared.
4. Weak identifiers that reach no person form anonymous customers among themselves.

A customer's id comes from its identifier that was seen first, so a later log-in does not rename
an anonymous customer, and joining two customers keeps the older one's id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

# A chain of weak links longer than this is no evidence about a person any more.
MAX_HOPS = 4
# An anonymous group larger than this is an accident, not a customer: each stays alone.
MAX_ANONYMOUS = 50

NOBODY = -1

Joins = Callable[[int, int], bool]


class Node(NamedTuple):
    """An identifier, whether it is strong, and when it was first seen (ms since 1970)."""

    number: int
    strong: bool
    first_seen: int


class Link(NamedTuple):
    """Evidence that two identifiers, by number, are one customer."""

    left: int
    right: int


class Assignment(NamedTuple):
    """Where an identifier ends: its component of all links, its customer, and whether shared."""

    component: int
    customer: str
    is_shared: bool


def customer_id(founder: int) -> str:
    """A customer's id, from the number of the identifier that was seen first."""
    return f"c{founder:016x}"


def resolve(nodes: Iterable[Node], links: Iterable[Link]) -> dict[int, Assignment]:
    """Each node's assignment; links to numbers that are no node are ignored."""
    known = {node.number: node for node in nodes}
    neighbours: dict[int, set[int]] = defaultdict(set)
    for left, right in links:
        if left in known and right in known and left != right:
            neighbours[left].add(right)
            neighbours[right].add(left)
    components = _components(known, neighbours, lambda left, right: True)
    persons = _components(
        (number for number, node in known.items() if node.strong),
        neighbours,
        lambda left, right: known[left].strong and known[right].strong,
    )
    owners = _owners(known, neighbours, persons)
    customers = _founders(known, owners)
    return {
        number: Assignment(
            components[number], customer_id(customers[number]), owners[number] == NOBODY
        )
        for number in known
    }


def _components(
    numbers: Iterable[int], neighbours: Mapping[int, set[int]], joins: Joins
) -> dict[int, int]:
    """Connected components over the links for which `joins` holds, named by their least member."""
    found: dict[int, int] = {}
    for start in sorted(numbers):
        if start in found:
            continue
        found[start] = start
        stack = [start]
        while stack:
            here = stack.pop()
            for there in neighbours.get(here, ()):
                if there not in found and joins(here, there):
                    found[there] = start
                    stack.append(there)
    return found


def _owners(
    known: Mapping[int, Node], neighbours: Mapping[int, set[int]], persons: Mapping[int, int]
) -> dict[int, int]:
    """The group each identifier belongs to: a person, NOBODY for shared, or its own kind."""
    owners = dict(persons)
    frontier = list(persons)
    for _ in range(MAX_HOPS):
        reached: dict[int, set[int]] = defaultdict(set)
        for number in frontier:
            for there in neighbours.get(number, ()):
                if there not in owners:
                    reached[there].add(owners[number])
        for number, people in reached.items():
            owners[number] = next(iter(people)) if len(people) == 1 else NOBODY
        frontier = [number for number in reached if owners[number] != NOBODY]
    rest = [number for number in known if number not in owners]
    unowned = set(rest)
    groups = _components(rest, neighbours, lambda left, right: right in unowned)
    sizes: dict[int, int] = defaultdict(int)
    for group in groups.values():
        sizes[group] += 1
    for number, group in groups.items():
        owners[number] = group if sizes[group] <= MAX_ANONYMOUS else number
    return owners


def _founders(known: Mapping[int, Node], owners: Mapping[int, int]) -> dict[int, int]:
    """The first-seen member of each identifier's group; a shared one stands for itself."""
    first: dict[int, Node] = {}
    for number, owner in owners.items():
        node = known[number]
        best = first.get(owner)
        if best is None or (node.first_seen, number) < (best.first_seen, best.number):
            first[owner] = node
    return {
        number: number if owner == NOBODY else first[owner].number
        for number, owner in owners.items()
    }
