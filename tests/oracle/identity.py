"""Who is who, by the four rules of identity as they are written, tried on sets.

1. Strong identifiers joined by direct links are one person.
2. A weak identifier belongs to the one person it is linked to; one linked to several is shared,
   belongs to nobody, and its links count for nothing.
3. Weak identifiers further off follow the nearest person, hop by hop, four links at most; a tie
   makes them shared.
4. Weak identifiers that reach no person form anonymous customers, unless there are over fifty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHARED = "shared"


class Seen(NamedTuple):
    number: int
    strong: bool
    first_seen: int


class Place(NamedTuple):
    component: int  # the least number linked to it, however weakly
    founder: int  # the number of the customer's identifier that was seen first
    shared: bool


def who_is_who(everyone: Iterable[Seen], links: Iterable[tuple[int, int]]) -> dict[int, Place]:
    seen = {one.number: one for one in everyone}
    linked = {frozenset(pair) for pair in links if set(pair) <= set(seen) and len(set(pair)) == 2}

    strong = {number for number in seen if seen[number].strong}
    owner: dict[int, object] = {
        number: person for person in _joined(strong, linked) for number in person
    }
    for _hop in range(4):
        found: dict[int, object] = {}
        for number in set(seen) - set(owner):
            near = {owner[other] for other in _next_to(number, linked) if other in owner}
            near.discard(SHARED)
            if near:
                found[number] = near.pop() if len(near) == 1 else SHARED
        owner |= found
    for group in _joined(set(seen) - set(owner), linked):
        for number in group:
            owner[number] = group if len(group) <= 50 else frozenset({number})

    components = {number: group for group in _joined(set(seen), linked) for number in group}
    return {
        number: Place(
            min(components[number]),
            number if owner[number] == SHARED else _founder(number, owner, seen),
            owner[number] == SHARED,
        )
        for number in seen
    }


def _founder(number: int, owner: dict[int, object], seen: dict[int, Seen]) -> int:
    mates = [other for other in owner if owner[other] == owner[number]]
    return min(mates, key=lambda mate: (seen[mate].first_seen, mate))


def _next_to(number: int, linked: set[frozenset[int]]) -> set[int]:
    return {other for pair in linked if number in pair for other in pair - {number}}


def _joined(numbers: set[int], linked: set[frozenset[int]]) -> set[frozenset[int]]:
    """The groups that links within `numbers` make: merge two for as long as a link spans them."""
    group = {number: frozenset({number}) for number in numbers}
    for left, right in (tuple(pair) for pair in linked if pair <= numbers):
        if group[left] != group[right]:
            merged = group[left] | group[right]
            group |= dict.fromkeys(merged, merged)
    return set(group.values())
