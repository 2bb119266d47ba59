"""Which links between identifiers count, and why the others do not.

A verdict follows from what the last stitch found of the two ends (standing, customer, component)
and from the decisions it knew of; it agrees with `resolve`, whose rules stand in that module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from cjm_tracker.identity.kinds import IdentityConfig
from cjm_tracker.identity.resolve import ALONE, Standing, customer_id

UNKNOWN = 0  # the standing of what no stitch of this version has taken in
NEVER = datetime(1970, 1, 1)
SEVERAL = 3  # that are named one by one


class Placed(NamedTuple):
    """An identifier and its place as of the last stitch.

    `declared` is what the mapping says of it: kiosk, household, agent.
    """

    number: int
    kind: str
    value: str = ""
    standing: int = UNKNOWN
    customer: int = 0
    component: int = 0
    hops: int = 0
    declared: str = ""
    first_seen_at: datetime = NEVER
    last_seen_at: datetime = NEVER

    @property
    def customer_id(self) -> str:
        """The customer's id; empty for nobody."""
        return customer_id(self.customer)

    @property
    def has_person(self) -> bool:
        """Whether it is a person's own, or follows one."""
        return self.standing in (Standing.person, Standing.linked)


class Decision(NamedTuple):
    """What somebody decided. `identifier` and `other` are numbers, 0 where there is none."""

    number: int
    action: str  # include, exclude, unmerge, undo
    identifier: int
    other: int
    undoes: int
    by: str
    why: str
    at: datetime
    is_applied: bool = False  # a stitch has taken it in

    @property
    def ends(self) -> frozenset[int]:
        """The identifiers it names."""
        return frozenset((self.identifier, self.other)) - {0}

    def __str__(self) -> str:
        return f"decision {self.number} by {self.by}"


def not_undone(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that stand."""
    undone = {decision.undoes for decision in decisions}
    return [one for one in decisions if one.action != "undo" and one.number not in undone]


def about(decisions: Sequence[Decision], number: int) -> list[Decision]:
    """The decisions that name an identifier, and those that undo them."""
    naming = {decision.number for decision in decisions if number in decision.ends}
    return [one for one in decisions if one.number in naming or one.undoes in naming]


class InForce:
    """The decisions that the last stitch knew of, by what they do."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        applied = [decision for decision in decisions if decision.is_applied]
        stand = not_undone(applied)
        self.excluded = {one.ends: one for one in stand if one.action == "exclude"}
        self.included = {
            one.ends: one
            for one in stand
            if one.action == "include" and one.ends not in self.excluded
        }
        self.unmerged = {one.identifier: one for one in stand if one.action == "unmerge"}
        self.together = frozenset().union(*self.included)

    def foes(self, number: int) -> dict[int, Decision]:
        """Those it is excluded from."""
        return {
            next(iter(ends - {number})): decision
            for ends, decision in self.excluded.items()
            if number in ends
        }


class Verdict(Enum):
    """What becomes of a link; `counts` is whether it joins two identifiers of one component."""

    one_customer = "both are one customer", True
    own_persons = "each has its own person: a weak link never joins two", True
    parted = "a decision parts them", True
    too_far = "too many links from a person", True
    crowd = "each stays alone in a crowd", True
    excluded = "a decision says they are two customers", False
    this_alone = "this one stands alone", False
    other_alone = "the other one stands alone", False
    not_yet = "no stitch has taken it in yet", False

    def __init__(self, meaning: str, counts: bool) -> None:
        self.meaning = meaning
        self.counts = counts


class Judge:
    """Judges the links of one identifier."""

    def __init__(
        self,
        here: Placed,
        in_force: InForce,
        named_by_decisions: Mapping[int, Placed],
        config: IdentityConfig,
    ) -> None:
        self.here = here
        self.in_force = in_force
        self.named = named_by_decisions
        self.config = config

    def verdict(self, there: Placed) -> Verdict:
        """What becomes of the link to `there`."""
        here = self.here
        if frozenset((here.number, there.number)) in self.in_force.excluded:
            return Verdict.excluded
        if stands_alone(here, self.in_force):
            return Verdict.this_alone
        if stands_alone(there, self.in_force):
            return Verdict.other_alone
        if UNKNOWN in (here.standing, there.standing) or here.component != there.component:
            return Verdict.not_yet
        if here.customer == there.customer:
            return Verdict.one_customer
        if here.standing == there.standing == Standing.crowd:
            return Verdict.crowd
        return self._between_customers(there)

    def judged(self, there: Placed) -> tuple[Verdict, str]:
        """The verdict, and why in words."""
        verdict = self.verdict(there)
        match verdict:
            case Verdict.excluded:
                decision = self.in_force.excluded[frozenset((self.here.number, there.number))]
                return verdict, f"decision {decision.number} says they are two customers"
            case Verdict.this_alone:
                return verdict, f"this one is {alone_as(self.here, self.in_force)}"
            case Verdict.other_alone:
                return verdict, f"the other one is {alone_as(there, self.in_force)}"
            case Verdict.parted:
                return verdict, self._parted_by(there)
            case Verdict.too_far:
                return verdict, f"more than {self.config.max_hops} links (max_hops) from the person"
            case _:
                return verdict, verdict.meaning

    def _between_customers(self, there: Placed) -> Verdict:
        """Of a link that counts, and does not make the two one customer."""
        near, far = sorted((self.here, there), key=lambda one: (not one.has_person, one.hops))
        if not near.has_person:
            return Verdict.parted
        if not far.has_person:
            too_far = near.hops >= self.config.max_hops
            return Verdict.too_far if too_far else Verdict.parted
        if far.standing == Standing.person:
            strong = self._is_strong(near) and self._is_strong(far)
            return Verdict.parted if strong else Verdict.own_persons
        # The far one would have followed the near one's person, but for a decision; or it met
        # another person at the same distance.
        barred = far.hops > near.hops + 1 or (far.hops > near.hops and self._barring(far, near))
        return Verdict.parted if barred else Verdict.own_persons

    def _barring(self, one: Placed, other: Placed) -> list[Decision]:
        """The decisions that keep one out of the other's customer."""
        return [
            decision
            for foe, decision in self.in_force.foes(one.number).items()
            if other.customer and foe in self.named and self.named[foe].customer == other.customer
        ]

    def _parted_by(self, there: Placed) -> str:
        here, foes = self.here, self.in_force.foes
        between = self._barring(here, there) + self._barring(there, here)
        of_ends = [*foes(here.number).values(), *foes(there.number).values()]
        around = [
            decision
            for ends, decision in self.in_force.excluded.items()
            if {self.named[end].component for end in ends & set(self.named)} == {there.component}
        ]
        found = sorted(set(between or of_ends or around))
        if not found:
            return "the rules have changed since: cjm rebuild applies them"
        if len(found) > SEVERAL:
            return f"{len(found)} decisions that exclude part them"
        numbers = " and ".join(str(decision.number) for decision in found)
        one = len(found) == 1
        return f"decision {numbers} parts them" if one else f"decisions {numbers} part them"

    def _is_strong(self, placed: Placed) -> bool:
        kind = self.config.kinds.get(placed.kind)
        return kind is not None and kind.strong


def stands_alone(placed: Placed, in_force: InForce) -> bool:
    """Whether its links do not count.

    What stands apart and is included all the same is a person, without its links.
    """
    included = placed.number in in_force.together
    set_apart = is_declared_apart(placed) or placed.number in in_force.unmerged
    return placed.standing in ALONE or (included and set_apart)


def alone_as(placed: Placed, in_force: InForce) -> str:
    """Why its links do not count, as in `the other one is …`."""
    if decision := in_force.unmerged.get(placed.number):
        return f"set apart by decision {decision.number}"
    if is_declared_apart(placed):
        return f"declared a {placed.declared}'s"
    return "public" if placed.standing == Standing.public else "shared"


def is_declared_apart(placed: Placed) -> bool:
    """Whether the mapping says that its links do not count."""
    return placed.declared in ("kiosk", "household")
