"""Who is who, by the rules of identity as they are written, tried on sets.

0. A link counts unless an end is declared or decided to stand apart (shared, public, apart), or its
   ends are excluded from each other; once an end turns out shared or public, no more.
1. A strong identifier, unless included, that is linked to more strong ones of one kind than its own
   kind's limit is shared; from `public_from` on it is public. All at once.
2. Strong identifiers joined by links among themselves are one person, and so is what a decision
   includes, whatever else was declared of it. Exclusions, taken in order, part a person: each
   member goes with the nearer of the two, at a tie with the one seen first.
3. A weak identifier that meets more persons than its kind's limit is shared or public; within the
   limit it stays with the person of the earliest evidence.
4. Further off, hop by hop, weak identifiers follow the one person they meet; several make them
   shared or public. None follows a person that holds one it is excluded from; at each hop those
   seen first choose first.
5. Weak identifiers that reach no person are anonymous customers among themselves, parted like
   persons; more than `max_anonymous` are a crowd, where each stays alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

Pair = frozenset[int]
Group = frozenset[int]

ALONE = ("shared", "public", "apart")


class Seen(NamedTuple):
    number: int
    kind: str
    first_seen: int
    apart: str = ""  # what was declared or decided: shared, public, apart


class Rules(NamedTuple):
    kinds: dict[str, tuple[bool, int]]  # is it strong, and its limit
    public_from: int = 20
    max_anonymous: int = 50
    max_hops: int = 4


class Place(NamedTuple):
    component: int  # the least number linked to it, however weakly
    founder: int  # the number of the customer's identifier that was seen first; 0 for nobody
    hops: int  # links from the person; 0 for those without one
    standing: str


def who_is_who(
    everyone: Iterable[Seen],
    links: Iterable[tuple[int, int, int]],  # number, number, since
    rules: Rules,
    included: Iterable[tuple[int, int]] = (),
    excluded: Iterable[tuple[int, int]] = (),
) -> dict[int, Place]:
    seen = {one.number: one for one in everyone}
    strong = {number for number, one in seen.items() if rules.kinds[one.kind][0]}
    limit = {number: rules.kinds[one.kind][1] for number, one in seen.items()}
    parted = _pairs(excluded, seen)
    together = _pairs(included, seen) - parted
    members = {number for pair in together for number in pair}

    # Rule 0
    declared = {number for number, one in seen.items() if one.apart}
    since: dict[Pair, int] = {}
    for left, right, at in links:
        for pair in _pairs([(left, right)], seen) - parted:
            if not pair & declared:
                since[pair] = min(at, since.get(pair, at))
    standing = {number: seen[number].apart for number in declared - members}

    def too_many(met: int) -> str:
        return "public" if met >= rules.public_from else "shared"

    # Rule 1
    found: dict[int, str] = {}
    for number in strong - members:
        kinds = Counter(seen[other].kind for other in _next_to(number, since) & strong)
        most = max(kinds.values(), default=0)
        if most > limit[number]:
            found[number] = too_many(most)
    standing |= found
    since = {pair: at for pair, at in since.items() if not pair & set(standing)}

    # Rule 2
    bonds = together | {pair for pair in since if pair <= strong}
    persons = _parted(_joined(members | strong - set(standing), bonds), bonds, parted, seen)
    owner = {number: person for person in persons for number in person}
    hops = dict.fromkeys(owner, 0)
    standing |= dict.fromkeys(owner, "person")

    # Rules 3 and 4
    for hop in range(1, rules.max_hops + 1):
        for number in sorted(
            set(seen) - set(standing), key=lambda one: (seen[one].first_seen, one)
        ):
            held = {owner[foe] for foe in _next_to(number, parted) if foe in owner}
            near = {
                other: owner[other]
                for other in _next_to(number, since)
                if hops.get(other) == hop - 1 and owner[other] not in held
            }
            several = len(set(near.values()))
            if several > (limit[number] if hop == 1 else 1):
                standing[number] = too_many(several)
            elif several:
                first = min(near, key=lambda other: (since[frozenset({number, other})], other))
                owner[number], hops[number], standing[number] = near[first], hop, "linked"
    since = {pair: at for pair, at in since.items() if not _alone(pair, standing)}

    # Rule 5
    left_over = set(seen) - set(standing)
    for group in _parted(_joined(left_over, set(since)), set(since), parted, seen):
        is_crowd = len(group) > rules.max_anonymous
        for number in group:
            owner[number] = frozenset({number}) if is_crowd else group
            standing[number] = "crowd" if is_crowd else "anonymous"

    component = {
        number: min(group)
        for group in _joined(set(seen), together | set(since))
        for number in group
    }
    founder = {number: 0 if standing[number] == "public" else number for number in seen}
    for customer in set(owner.values()):
        mates = [number for number in owner if owner[number] == customer]
        founder |= dict.fromkeys(mates, _first(mates, seen))
    return {
        number: Place(component[number], founder[number], hops.get(number, 0), standing[number])
        for number in seen
    }


def _pairs(pairs: Iterable[tuple[int, int]], seen: dict[int, Seen]) -> set[Pair]:
    """Those of two different identifiers that have been seen."""
    return {frozenset(pair) for pair in pairs if len(set(pair)) == 2 and set(pair) <= set(seen)}


def _next_to(number: int, pairs: Iterable[Pair]) -> set[int]:
    return {other for pair in pairs if number in pair for other in pair - {number}}


def _first(numbers: Iterable[int], seen: dict[int, Seen]) -> int:
    return min(numbers, key=lambda number: (seen[number].first_seen, number))


def _alone(pair: Pair, standing: dict[int, str]) -> bool:
    return any(standing.get(number) in ALONE for number in pair)


def _joined(numbers: set[int], pairs: set[Pair]) -> set[Group]:
    """The groups that pairs within `numbers` make: merge two for as long as a pair spans them."""
    group = {number: frozenset({number}) for number in numbers}
    for left, right in (tuple(pair) for pair in pairs if pair <= numbers):
        if group[left] != group[right]:
            merged = group[left] | group[right]
            group |= dict.fromkeys(merged, merged)
    return set(group.values())


def _parted(
    groups: set[Group], pairs: set[Pair], excluded: set[Pair], seen: dict[int, Seen]
) -> set[Group]:
    """The groups, none with two that are excluded from each other."""
    for one, other in sorted(sorted(pair) for pair in excluded):
        for group in [group for group in groups if {one, other} <= group]:
            first = _first((one, other), seen)
            second = one + other - first
            near = {pair for pair in pairs if pair <= group}
            from_first, from_second = _distances(first, near), _distances(second, near)
            stay = frozenset(n for n in group if from_first[n] <= from_second[n])
            groups = groups - {group} | {stay, group - stay}
    return groups


def _distances(start: int, pairs: set[Pair]) -> dict[int, int]:
    """How many links away each is from the start."""
    away = {start: 0}
    ring = {start}
    while ring:
        ring = {other for number in ring for other in _next_to(number, pairs)} - set(away)
        away |= dict.fromkeys(ring, max(away.values()) + 1)
    return away
