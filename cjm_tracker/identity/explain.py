"""Why an identifier belongs where it does, in words: a pure function of rows about it.

The rows are what the last stitch found and what people decided; the rules are those of `resolve`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple

from cjm_tracker.identity.forms import in_form, passes, text
from cjm_tracker.identity.kinds import IdentityConfig, Kind, nobodies
from cjm_tracker.identity.nobody import BLOCKED, means_nobody
from cjm_tracker.identity.resolve import ALONE, Standing, customer_id
from cjm_tracker.identity.verdicts import (
    UNKNOWN,
    Decision,
    InForce,
    Judge,
    Placed,
    Verdict,
    about,
    is_declared_apart,
)

SHORT_HASH = 12

RULES = {
    UNKNOWN: "",
    Standing.person: "A strong identifier names one person; strong ones seen together, and what a "
    "decision includes, are one.",
    Standing.linked: "A weak identifier belongs to the person it is linked to; further off it "
    "follows the nearest one.",
    Standing.anonymous: "Weak identifiers that reach no person are a customer among themselves.",
    Standing.shared: "What meets more persons than the limit of its kind, or is declared a "
    "household's, is a customer of its own, and its links do not count.",
    Standing.public: "What meets very many persons, or is declared a kiosk's, is nobody's, and its "
    "links do not count.",
    Standing.crowd: "Too many anonymous identifiers together are a crowd: each is a customer of "
    "its own.",
    Standing.apart: "What a decision unmerges is a customer of its own, and its links do not "
    "count.",
}

AGENT = "declared an agent's in the mapping (identity.declared), who acts for customers and is none"


class Link(NamedTuple):
    """Evidence that an identifier and the `other` one are one customer."""

    other: Placed
    source: str
    rule: str
    first_seen_at: datetime
    last_seen_at: datetime
    event_at: datetime
    event_id: str


class Stay(NamedTuple):
    """A time in which an identifier was reported as one customer's, for one reason."""

    customer: int
    standing: int
    hops: int
    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether that was in it."""
        return self.since <= moment and (self.until is None or moment < self.until)

    @property
    def customer_id(self) -> str:
        """The customer's id; empty for nobody."""
        return customer_id(self.customer)


class Evidence(NamedTuple):
    """A link, what becomes of it, and why in words."""

    link: Link
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one identifier."""

    placed: Placed
    links: Sequence[Link] = ()  # the latest ones
    alike: Sequence[tuple[Placed, int]] = ()  # all it was seen with; how many are alike
    persons: Mapping[int, int] = field(default_factory=dict)  # it meets, by their hops
    chain: Sequence[Link] = ()  # to the person it follows
    together: int = 1  # identifiers of its customer; of a crowd, the anonymous ones
    decisions: Sequence[Decision] = ()
    named: Mapping[int, Placed] = field(default_factory=dict)  # whom decisions name
    stays: Sequence[Stay] = ()
    accounts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """An identifier's place with all reasons for it."""

    placed: Placed
    why: str
    rule: str
    since: datetime | None  # it has been this customer's
    notes: list[str]
    chain: Sequence[Link]
    evidence: list[Evidence]
    totals: Counter[Verdict]
    decisions: list[Decision]
    named: Mapping[int, Placed]
    stays: Sequence[Stay]
    accounts: Sequence[str]


def explain(facts: Facts, config: IdentityConfig) -> Explanation:
    """Everything about one identifier that a person may ask."""
    here, in_force = facts.placed, InForce(facts.decisions)
    judge = Judge(here, in_force, facts.named, config)
    totals: Counter[Verdict] = Counter()
    for there, count in facts.alike:
        totals[judge.verdict(there)] += count
    return Explanation(
        here,
        reason(facts, in_force, config),
        RULES[here.standing],
        since(facts.stays),
        list(_notes(facts, in_force, config)),
        facts.chain,
        [Evidence(link, *judge.judged(link.other)) for link in facts.links],
        totals,
        about(facts.decisions, here.number),
        facts.named,
        facts.stays,
        facts.accounts,
    )


def named(placed: Placed, config: IdentityConfig) -> str:
    """An identifier as a person reads it: hashes cut short."""
    return f"{placed.kind} {shown(placed.kind, placed.value, config)}"


def shown(kind: str, value: str, config: IdentityConfig) -> str:
    """A value as a person reads it."""
    return f"{value[:SHORT_HASH]}…" if is_hashed(kind, config) else printable(value)


def printable(value: str) -> str:
    """The value without what would upset a terminal: logs hold what anybody sends."""
    return "".join(sign if sign.isprintable() else "�" for sign in value)


def is_hashed(kind: str, config: IdentityConfig) -> bool:
    """Whether values of that kind are stored as hashes."""
    known = config.kinds.get(kind)
    return known is not None and known.personal and not config.plain


def in_turn(stays: Sequence[Stay]) -> list[Stay]:
    """Each until the next one, those that say the same as one."""
    told: list[Stay] = []
    for stay in stays:
        if not told or told[-1][:3] != stay[:3]:
            told.append(stay)
    return [
        stay._replace(until=after.since if after else None)
        for stay, after in zip_longest(told, told[1:])
    ]


def since(stays: Sequence[Stay]) -> datetime | None:
    """From when on the customer has been the one it is."""
    found = None
    for stay in reversed(stays):
        if stay.customer != stays[-1].customer:
            break
        found = stay.since
    return found


# --- standings


def reason(facts: Facts, in_force: InForce, config: IdentityConfig) -> str:
    """Why the identifier belongs where it does."""
    here = facts.placed
    match here.standing:
        case Standing.person:
            return _as_person(facts, in_force, config)
        case Standing.linked:
            return f"weak: {_followed(facts, in_force, config)}"
        case Standing.anonymous:
            return f"weak: {_anonymous(facts, config)}"
        case Standing.shared:
            return f"shared: {_meets(facts, config)}"
        case Standing.public:
            return f"public: {_meets(facts, config)}"
        case Standing.crowd:
            return (
                f"crowd: one of {facts.together:,} anonymous identifiers that hang together, "
                f"more than {config.max_anonymous} (max_anonymous)"
            )
        case Standing.apart:
            decision = in_force.unmerged.get(here.number)
            return f"apart: {decision}: {decision.why}" if decision else "apart: set by a decision"
        case _:
            return _not_resolved(here, config)


def briefly(standing: int, hops: int) -> str:
    """A standing in a few words, for tables."""
    match standing:
        case Standing.person:
            return "names the person"
        case Standing.linked:
            return f"follows the person, {counted(hops, 'link')} away"
        case Standing.anonymous:
            return "anonymous"
        case Standing.shared:
            return "shared by several persons"
        case Standing.public:
            return "public: nobody's"
        case Standing.crowd:
            return "in a crowd of anonymous ones"
        case Standing.apart:
            return "set apart by a decision"
        case _:
            return "not stitched yet"


def counted(number: int, noun: str) -> str:
    """`1 link`, `2 links`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _as_person(facts: Facts, in_force: InForce, config: IdentityConfig) -> str:
    number = facts.placed.number
    included = [
        f"{decision} makes it one customer with {_other_end(decision, number, facts, config)}"
        for ends, decision in in_force.included.items()
        if number in ends
    ]
    kind = config.kinds.get(facts.placed.kind)
    strong = [f"strong: a {facts.placed.kind} names one person"] if kind and kind.strong else []
    return "; ".join([*strong, *included]) or "included by a decision"


def _other_end(decision: Decision, number: int, facts: Facts, config: IdentityConfig) -> str:
    other = facts.named.get(next(iter(decision.ends - {number})))
    return named(other, config) if other else "an identifier that is gone"


def _followed(facts: Facts, in_force: InForce, config: IdentityConfig) -> str:
    here, kind = facts.placed, config.kinds.get(facts.placed.kind)
    person = f"the person of {named(facts.chain[-1].other, config)}" if facts.chain else "a person"
    told = f"it follows {person}, {counted(here.hops, 'link')} away"
    met = facts.persons.get(0, 0)
    if here.hops > 1 or not kind or not 1 < met <= kind.limit or in_force.foes(here.number):
        return told
    return f"{told}, the first of {met} persons it meets; a {here.kind} may meet {kind.limit}"


def _anonymous(facts: Facts, config: IdentityConfig) -> str:
    others = facts.together - 1
    if not others and not facts.alike:
        return "never seen together with another identifier"
    within = f"no person is within {counted(config.max_hops, 'link')} (max_hops)"
    if not others:
        return f"{within}; an anonymous customer by itself"
    return f"{within}; one anonymous customer with {counted(others, 'other identifier')}"


def _meets(facts: Facts, config: IdentityConfig) -> str:
    """Why it is shared or public."""
    here, kind = facts.placed, config.kinds.get(facts.placed.kind)
    if is_declared_apart(here):
        return f"declared a {here.declared}'s in the mapping (identity.declared)"
    many = here.standing == Standing.public
    if kind and kind.strong:
        most, count = _most_strong(facts, config)
        most = most or "other strong identifier"
        limit = f"a {here.kind} may be seen with {kind.limit} of one kind"
        told = f"it was seen with {counted(count, most)}"
    else:
        hops = min((hops for hops, met in facts.persons.items() if met > 1), default=None)
        if hops is None:
            return "it met several persons when it was last resolved"
        told = f"it meets {counted(facts.persons[hops], 'person')}"
        limit = f"a {here.kind} may meet {kind.limit if kind else 1}"
        if hops:
            told = f"it is equally near to {counted(facts.persons[hops], 'person')}"
            limit = f"{hops + 1} links from each"
    if many:
        limit = f"from {config.public_from} on (public_from) it is nobody's"
    return f"{told}; {limit}"


def _most_strong(facts: Facts, config: IdentityConfig) -> tuple[str, int]:
    """Of the strong kinds it was seen with, the one with the most identifiers."""
    kinds: Counter[str] = Counter()
    for there, count in facts.alike:
        kind = config.kinds.get(there.kind)
        if kind and kind.strong and there.standing != Standing.apart:
            kinds[there.kind] += count
    return max(kinds.items(), key=lambda item: item[1], default=("", 0))


def _not_resolved(here: Placed, config: IdentityConfig) -> str:
    kind = config.kinds.get(here.kind)
    if kind is None:
        return f"kind '{here.kind}' is not configured: stitching leaves it out"
    if kind.account:
        return "an account: customers belong to it, and it joins none of them"
    return "seen, and not stitched yet: the next stitch takes it in"


def _notes(facts: Facts, in_force: InForce, config: IdentityConfig) -> Iterable[str]:
    """What the mapping or a decision says that the last stitch did not know."""
    here = facts.placed
    apart = here.standing in ALONE or here.number in in_force.together
    if is_declared_apart(here) and not apart:
        yield (
            f"the mapping now declares it a {here.declared}'s: cjm rebuild applies it to "
            "what was stitched before"
        )
    if here.declared == "agent":
        yield f"{AGENT}; what came before that was declared still links it"
    for decision in about(facts.decisions, here.number):
        if not decision.is_applied:
            yield f"decision {decision.number} ({decision.action}) awaits the next stitch"


# --- values that mean nobody


def why_nobody(name: str, kind: Kind, config: IdentityConfig, written: str) -> str:
    """Why the pipeline leaves a value out; empty where it does not."""
    plain = text(written)
    normal = in_form(kind.form, plain, config.region)
    own = nobodies(config.blocked) - BLOCKED
    for value in (plain, normal):
        if value is None:
            continue
        if means_nobody(value, frozenset()):
            return (
                "means nobody: blank, too long, masked, one sign over and over, or a template "
                "not filled in"
            )
        if means_nobody(value, own):
            return "means nobody: listed in the mapping (identity.blocked)"
        if means_nobody(value, BLOCKED):
            return (
                "means nobody: one of the words that systems and people write for want of a value"
            )
    if normal is None:
        region = f" of region {config.region}" if kind.form == "phone" else ""
        return f"no {name}{region} can be written so"
    if not passes(kind.check_digit, normal):
        return f"no {name}: the last digit is not the check digit ({kind.check_digit})"
    return ""
