"""From links to customers: a pure function of the set of links and decisions.

0. A link counts unless one of its ends stands apart (declared a kiosk or a household's, or set
   apart by a decision), unless its ends are excluded from each other, unless one end is shared.
1. A strong identifier seen with more strong ones of one kind than its own kind's limit is
   *shared*: a clerk's own card, a test login.
2. Strong identifiers joined by links among themselves are one *person*, and so is what a decision
   includes. A person that holds two excluded identifiers falls apart: each member goes with the
   nearer of the two.
3. A weak identifier belongs to the person it is linked to. One that meets more persons than its
   kind's limit is shared; one that meets several within the limit stays with the first it met.
   From `public_from` persons on it is *public*: nobody's.
4. Weak identifiers further off follow the nearest person, hop by hop; a tie makes them shared.
   None meets a person that holds one it is excluded from; at each hop those seen first choose
   first.
5. Weak identifiers that reach no person form *anonymous* customers among themselves; in a *crowd*
   of more than `max_anonymous` each stays alone.

A customer is named after its identifier that was seen first, so a later log-in does not rename an
anonymous customer, and joining two customers keeps the older one's name.

Only links that do not count lead from one *component* to another, so a component can be resolved
without the rest of the world, but for its shared and public identifiers: whether those still are
depends on all they are linked to, and on all they are excluded from. Such ones outside come as
*settled* nodes.

Everything is columns of numbers: ten million identifiers are too many for objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Pairs = Sequence[tuple[int, int]]

NOBODY = 0


class Standing(IntEnum):
    """Why an identifier belongs where it does."""

    person = 1  # strong, or included by a decision
    linked = 2  # weak, follows a person
    anonymous = 3  # weak, no person in reach
    shared = 4  # meets several persons: a customer of its own
    public = 5  # meets very many: nobody's
    crowd = 6  # one of too many anonymous ones: a customer of its own
    apart = 7  # set apart by a decision: a customer of its own


# Those whose links do not count.
ALONE = (Standing.shared, Standing.public, Standing.apart)


class Limits(NamedTuple):
    """What the mapping says about kinds, by their place in its list, and about all of them."""

    strong: Sequence[bool]
    limit: Sequence[int]
    public_from: int = 20
    max_anonymous: int = 50
    max_hops: int = 4


class Nodes(NamedTuple):
    """Identifiers, by column; numbers ascending, each once.

    `kind` is a place in `Limits`; `first_seen` is ms since 1970; `apart` is the Standing that was
    declared or decided (shared, public, apart), else 0. A settled node (`hops` >= 0) is not
    resolved: `owner` names the person it belongs to at `hops` links, or is 0.
    """

    number: Numbers
    kind: Integers
    first_seen: Integers
    apart: Integers
    owner: Numbers
    hops: Integers


class Links(NamedTuple):
    """Evidence that two identifiers are one customer, by column; `since` is ms since 1970."""

    left: Numbers
    right: Numbers
    since: Integers

    def where(self, holds: Flags) -> Links:
        return Links(self.left[holds], self.right[holds], self.since[holds])

    def plus(self, more: Links) -> Links:
        return Links(
            np.concatenate((self.left, more.left)),
            np.concatenate((self.right, more.right)),
            np.concatenate((self.since, more.since)),
        )


class Decisions(NamedTuple):
    """What people decided: pairs that are one customer, and pairs that are not."""

    included: Pairs = ()
    excluded: Pairs = ()


class Resolution(NamedTuple):
    """Where each identifier ends, by column; settled ones are left out."""

    number: Numbers
    customer: Numbers  # number of the identifier the customer is named after; 0 for nobody
    component: Numbers
    hops: Integers  # links from the person; 0 for its own, and for those without one
    standing: Integers


def customer_id(founder: int) -> str:
    """A customer's id, from the number of the identifier that was seen first."""
    return f"c{founder:016x}" if founder else ""


def resolve(nodes: Nodes, links: Links, limits: Limits, decisions: Decisions) -> Resolution:
    """Each node's place; links and decisions about numbers that are no node are ignored."""
    return _World(nodes, links, limits, decisions).resolution()


class _Edges(NamedTuple):
    """Counted links, each in both directions; ends are places in `Nodes`."""

    start: Integers
    end: Integers
    since: Integers

    def at(self, rows: Flags | Integers | slice) -> _Edges:
        return _Edges(self.start[rows], self.end[rows], self.since[rows])

    def among(self, places: Flags) -> _Edges:
        return self.at(places[self.start] & places[self.end])

    def plus(self, pairs: Pairs) -> _Edges:
        ends = np.array([*pairs, *((other, one) for one, other in pairs)], np.int64).reshape(-1, 2)
        return _Edges(
            np.concatenate((self.start, ends[:, 0])),
            np.concatenate((self.end, ends[:, 1])),
            np.concatenate((self.since, np.zeros(len(ends), np.int64))),
        )


class _World:
    """One resolution in the making. Nodes are known by their place; an owner of -1 is none."""

    def __init__(self, nodes: Nodes, links: Links, limits: Limits, decisions: Decisions) -> None:
        self.nodes = nodes
        self.limits = limits
        self.size = len(nodes.number)
        self.settled = nodes.hops >= 0
        self.strong = np.array(limits.strong, bool)[nodes.kind]
        self.limit = np.array(limits.limit, np.int64)[nodes.kind]
        self.excluded = self._places(decisions.excluded)
        self.foes: dict[int, list[int]] = {}
        for one, other in self.excluded:
            self.foes.setdefault(one, []).append(other)
            self.foes.setdefault(other, []).append(one)
        self.included = sorted({*self._places(decisions.included)} - {*self.excluded})
        self.is_included = np.zeros(self.size, bool)
        self.is_included[[place for pair in self.included for place in pair]] = True
        self.standing = nodes.apart.copy()
        self.edges = self._evidence(links)
        self.owner = np.full(self.size, -1, np.int64)
        self.hops = np.maximum(nodes.hops, 0)

    def resolution(self) -> Resolution:
        self._share_strong()
        self._persons()
        for hop in range(1, self.limits.max_hops + 1):
            self._follow(hop)
        self.edges = self.edges.among(~np.isin(self.standing, ALONE) | self.is_included)
        components = _groups(self.size, self.edges.plus(self.included))
        self._anonymous()
        keep = ~self.settled
        return Resolution(
            self.nodes.number[keep],
            self._customers()[keep],
            self.nodes.number[components][keep],
            self.hops[keep],
            self.standing[keep],
        )

    # --- what counts

    def _places(self, pairs: Pairs) -> Pairs:
        """Pairs of numbers as pairs of places, in the order of the numbers."""
        both = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
        numbers = np.array(sorted(both), np.uint64)
        places, known = self._place_of(numbers.reshape(-1, 2))
        return [(int(one), int(other)) for one, other in places[known.all(axis=1)]]

    def _place_of(self, numbers: Numbers) -> tuple[Integers, Flags]:
        if not self.size:
            return np.zeros(numbers.shape, np.int64), np.zeros(numbers.shape, bool)
        each, back = np.unique(numbers, return_inverse=True)  # looking up in order is faster
        places = np.searchsorted(self.nodes.number, each).clip(max=self.size - 1)[back]
        return places, self.nodes.number[places] == numbers

    def _evidence(self, links: Links) -> _Edges:
        """Rule 0, but for those that turn out to be shared."""
        left, left_known = self._place_of(links.left)
        right, right_known = self._place_of(links.right)
        known = left_known & right_known & (left != right)
        left, right, since = left[known], right[known], links.since[known]
        counts = (self.standing[left] == 0) & (self.standing[right] == 0)
        counts &= ~(self.settled[left] & self.settled[right])
        pair = (np.minimum(left, right) * self.size + np.maximum(left, right))[counts]
        order = np.argsort(pair)
        once = np.flatnonzero(_leads(pair[order]))
        since = np.minimum.reduceat(since[counts][order], once)  # the earliest evidence
        pair = pair[order][once]
        apart = np.isin(pair, [one * self.size + other for one, other in self.excluded])
        low, high = np.divmod(pair[~apart], self.size)
        since = since[~apart]
        return _Edges(
            np.concatenate((low, high)), np.concatenate((high, low)), np.concatenate((since, since))
        )

    # --- persons

    def _share_strong(self) -> None:
        """Rule 1."""
        edges = self.edges.among(self.strong)
        kinds = len(self.limits.strong)
        met, counts = np.unique(
            edges.start * kinds + self.nodes.kind[edges.end], return_counts=True
        )
        most = np.zeros(self.size, np.int64)
        np.maximum.at(most, met // kinds, counts)
        over = (most > self.limit) & ~self.is_included & ~self.settled
        self._share(np.flatnonzero(over), most[over])
        self.edges = self.edges.among(~over)

    def _share(self, places: Integers, met: Integers) -> None:
        is_public = met >= self.limits.public_from
        self.standing[places] = np.where(is_public, Standing.public, Standing.shared)

    def _persons(self) -> None:
        """Rule 2."""
        members = ((self.strong & (self.standing == 0)) | self.is_included) & ~self.settled
        edges = self.edges.among(members & self.strong).plus(self.included)
        groups = _groups(self.size, edges)
        self._part(groups, members, edges)
        self.owner[members] = groups[members]
        self.standing[members] = Standing.person
        # Persons outside get names that no group inside has.
        owned = self.settled & (self.nodes.owner != NOBODY)
        _, outside = np.unique(self.nodes.owner[owned], return_inverse=True)
        self.owner[owned] = self.size + outside

    def _part(self, groups: Integers, inside: Flags, edges: _Edges) -> None:
        """Parts groups that hold both ends of an exclusion: each member goes with the nearer."""
        pairs = [
            (one, other)
            for one, other in self.excluded
            if inside[one] and inside[other] and groups[one] == groups[other]
        ]
        torn = inside & np.isin(groups, [groups[one] for one, _ in pairs])
        within = edges.among(torn)
        neighbours: dict[int, list[int]] = {}
        for start, end in zip(within.start.tolist(), within.end.tolist(), strict=True):
            neighbours.setdefault(start, []).append(end)
        for pair in pairs:
            one, other = sorted(pair, key=self._seen)
            if groups[one] != groups[other]:
                continue
            sides = _nearest((one, other), neighbours)
            for end in pair:
                mine = [place for place, side in sides.items() if side == end]
                groups[mine] = min(mine)
            for place, side in sides.items():
                near = neighbours.get(place, ())
                neighbours[place] = [there for there in near if sides[there] == side]

    def _seen(self, place: int) -> tuple[int, int]:
        return int(self.nodes.first_seen[place]), place

    # --- who follows whom

    def _follow(self, hop: int) -> None:
        """Rules 3 and 4, for those `hop` links away from a person."""
        free = (self.owner < 0) & (self.standing == 0) & ~self.settled
        near = (self.owner >= 0) & (self.hops == hop - 1)
        met = self.edges.at(near[self.edges.start] & free[self.edges.end])
        is_wary = np.isin(met.end, list(self.foes))
        wary = met.at(is_wary)
        for place in sorted({*wary.end.tolist()}, key=self._seen):
            mine = wary.at(wary.end == place)
            self._choose(hop, mine.at(~np.isin(self.owner[mine.start], self._held(place, hop))))
        self._choose(hop, met.at(~is_wary))

    def _held(self, place: int, hop: int) -> list[int]:
        """Persons that hold one this place is excluded from when its turn comes."""
        turn = (hop, self._seen(place))
        foes = [foe for foe in self.foes[place] if self.owner[foe] >= 0]
        return [int(self.owner[foe]) for foe in foes if (self.hops[foe], self._seen(foe)) < turn]

    def _choose(self, hop: int, met: _Edges) -> None:
        """Lets each end follow one of the persons it meets, or share itself among too many."""
        owner = self.owner[met.start]
        order = np.argsort(met.end * 2 * self.size + owner)
        met, owner = met.at(order), owner[order]
        first = np.flatnonzero(_leads(met.end))
        who = met.end[first]
        counts = np.add.reduceat(_leads(met.end, owner), first, dtype=np.int64)
        many = counts > (self.limit[who] if hop == 1 else 1)
        self._share(who[many], counts[many])
        follows = who[~many]
        self.owner[follows] = self.owner[_firsts(first, met.since, met.start)[~many]]
        self.hops[follows] = hop
        self.standing[follows] = Standing.linked

    def _anonymous(self) -> None:
        """Rule 5."""
        free = (self.owner < 0) & (self.standing == 0) & ~self.settled
        edges = self.edges.among(free)
        groups = _groups(self.size, edges)
        self._part(groups, free, edges)
        sizes = np.bincount(groups[free], minlength=self.size)
        small = free & (sizes[groups] <= self.limits.max_anonymous)
        self.owner[small] = groups[small]
        self.standing[small] = Standing.anonymous
        self.standing[free & ~small] = Standing.crowd

    def _customers(self) -> Numbers:
        """The first-seen member of each one's group; those alone stand for themselves."""
        place = np.arange(self.size)
        group = np.where((self.owner < 0) | self.settled, 2 * self.size + place, self.owner)
        order = np.argsort(group)
        begins = np.flatnonzero(_leads(group[order]))
        founders = _firsts(begins, self.nodes.first_seen[order], order)
        customer = np.zeros(self.size, np.uint64)
        customer[order] = np.repeat(self.nodes.number[founders], _lengths(begins, self.size))
        customer[self.standing == Standing.public] = NOBODY
        return customer


def _leads(*columns: Integers) -> Flags:
    """Where a new combination begins in sorted columns."""
    leads = np.ones(len(columns[0]), bool)
    leads[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return leads


def _lengths(begins: Integers, size: int) -> Integers:
    """Of the runs that begin there."""
    lengths: Integers = np.diff(begins, append=size)
    return lengths


def _firsts(begins: Integers, when: Integers, places: Integers) -> Integers:
    """Of each run of rows, the earliest place; at equal times the least."""
    earliest = np.repeat(np.minimum.reduceat(when, begins), _lengths(begins, len(when)))
    last = np.iinfo(np.int64).max
    least: Integers = np.minimum.reduceat(np.where(when == earliest, places, last), begins)
    return least


def _groups(size: int, edges: _Edges) -> Integers:
    """Connected groups, each named by the place of its least member."""
    if not len(edges.start):
        return np.arange(size)
    once = edges.at(edges.start < edges.end)
    ones = np.ones(len(once.start), np.int8)
    # Half a second to import, and most commands resolve nothing.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    matrix = coo_array((ones, (once.start, once.end)), shape=(size, size))
    _, labels = connected_components(matrix, directed=False)
    least = np.zeros(size, np.int64)
    least[labels[::-1]] = np.arange(size)[::-1]  # the last to be written is the least
    named: Integers = least[labels]
    return named


def _nearest(ends: tuple[int, int], neighbours: dict[int, list[int]]) -> dict[int, int]:
    """For each place the end that is fewer links away; the first of the two at a tie."""
    sides = {end: end for end in ends}
    frontier = list(ends)
    while frontier:
        reached: dict[int, int] = {}
        for here in frontier:
            for there in neighbours.get(here, ()):
                if there not in sides and reached.get(there) != ends[0]:
                    reached[there] = sides[here]
        sides |= reached
        frontier = list(reached)
    return sides
