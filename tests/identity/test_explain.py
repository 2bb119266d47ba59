from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.identity import IdentityConfig, Standing
from cjm_tracker.identity.explain import (
    AGENT,
    Explanation,
    Facts,
    Link,
    Stay,
    explain,
    in_turn,
    named,
    shown,
    since,
    why_nobody,
)
from cjm_tracker.identity.kinds import nobodies
from cjm_tracker.identity.resolve import ALONE
from cjm_tracker.identity.verdicts import (
    NEVER,
    Decision,
    InForce,
    Judge,
    Placed,
    Verdict,
    stands_alone,
)

from ..oracle.identity import Place, Rules, Seen
from .test_resolve import World, resolved, worlds

DECLARED = {"shared": "household", "public": "kiosk"}


class Told:
    """A resolved world, and what is explained of it."""

    def __init__(self, world: World, config: IdentityConfig, names: dict[int, str]) -> None:
        self.config = config
        self.decisions = decided(world)
        self.in_force = InForce(self.decisions)
        self.seen = {one.number: one for one in world.everyone}
        self.places = resolved(world)
        self.placed = {
            number: placed(self.seen[number], place, names.get(number, str(number)))
            for number, place in self.places.items()
        }
        self.since: dict[frozenset[int], int] = {}
        for left, right, at in world.links:
            pair = frozenset((left, right))
            if len(pair) == 2 and pair <= set(self.placed):
                self.since[pair] = min(at, self.since.get(pair, at))

    def beside(self, number: int) -> dict[int, Placed]:
        """Those it is linked to."""
        return {
            other: self.placed[other]
            for pair in self.since
            if number in pair
            for other in pair - {number}
        }

    def judge(self, number: int) -> Judge:
        return Judge(self.placed[number], self.in_force, self.placed, self.config)

    def explained(self, number: int) -> Explanation:
        here = self.placed[number]
        beside = self.beside(number)
        mates = [
            one
            for one in self.placed.values()
            if (one.customer == here.customer and here.standing == Standing.anonymous)
            or (one.component == here.component and one.standing == here.standing == Standing.crowd)
        ]
        facts = Facts(
            here,
            [link_to(other) for other in beside.values()],
            [(other, 1) for other in beside.values()],
            self.persons(number),
            [link_to(self.placed[one]) for one in self.chain(number)],
            len(mates) or 1,
            self.decisions,
            self.placed,
        )
        return explain(facts, self.config)

    def persons(self, number: int) -> dict[int, int]:
        barred = set(self.in_force.foes(number))
        met: dict[int, set[int]] = {}
        for other in self.beside(number).values():
            alone = stands_alone(other, self.in_force) or other.number in barred
            if other.has_person and not alone:
                met.setdefault(other.hops, set()).add(other.customer)
        return {hops: len(persons) for hops, persons in met.items()}

    def chain(self, number: int) -> list[int]:
        """From one to the next that is a link nearer to the person."""
        here = self.placed[number]
        if here.standing != Standing.linked:
            return []
        nearer = [
            other.number
            for other in self.beside(number).values()
            if self.judge(number).verdict(other) is Verdict.one_customer
            and other.hops == here.hops - 1
        ]
        first = min(nearer, key=lambda other: (self.since[frozenset((number, other))], other))
        return [first, *self.chain(first)]


def placed(seen: Seen, place: Place, value: str) -> Placed:
    return Placed(
        seen.number,
        seen.kind,
        value,
        Standing[place.standing],
        place.founder,
        place.component,
        place.hops,
        DECLARED.get(seen.apart, ""),
    )


def link_to(other: Placed) -> Link:
    return Link(other, "website", "same_event", NEVER, NEVER, NEVER, "m1")


def decided(world: World) -> list[Decision]:
    """The world's decisions, those that name two identifiers that were seen, numbered from 1."""
    numbers = {one.number for one in world.everyone}
    made = [("include", *pair) for pair in world.included]
    made += [("exclude", *pair) for pair in world.excluded]
    kept = [one for one in made if one[1] != one[2] and {*one[1:]} <= numbers]
    kept += [("unmerge", one.number, 0) for one in world.everyone if one.apart == "apart"]
    return [decision(number, *one) for number, one in enumerate(kept, 1)]


def decision(number: int, action: str, one: int, other: int = 0, undoes: int = 0) -> Decision:
    return Decision(number, action, one, other, undoes, "Maria", "I know them", NEVER, True)


# --- worlds written down

KINDS = {
    "U": "user_id",
    "V": "user_id",
    "N": "customer_number",
    "L": "loyalty_card",
    "p": "phone",
    "f": "fax",  # two persons may share it
    "c": "cookie",
    "d": "cookie",
    "k": "cookie",
}
CONFIG = IdentityConfig.model_validate(
    {"plain": True, "max_hops": 2, "max_anonymous": 3, "public_from": 4,
     "kinds": {"fax": {"limit": 2}, "loyalty_card": {"limit": 2}}}
)  # fmt: skip
SPACED = str.maketrans("-=/", "   ")


def told(text: str) -> tuple[Told, dict[str, int]]:
    """A world written as `U-c c-d d:apart U=V c/d`; identifiers are seen in the order named."""
    words = [word for word in text.split() if ":" not in word]
    apart = dict(word.split(":") for word in text.split() if ":" in word)
    names = dict.fromkeys(" ".join([*words, *apart]).translate(SPACED).split())
    number = {name: n for n, name in enumerate(names, 1)}

    def pairs(sign: str) -> list[tuple[int, int]]:
        chains = [word.split(sign) for word in words if sign in word]
        return [(number[one], number[other]) for chain in chains for one, other in pairwise(chain)]

    world = World(
        [Seen(n, KINDS[name[0]], n, apart.get(name, "")) for name, n in number.items()],
        [(*pair, at) for at, pair in enumerate(pairs("-"))],
        rules(CONFIG),
        pairs("="),
        pairs("/"),
    )
    return Told(world, CONFIG, {n: name for name, n in number.items()}), number


def rules(config: IdentityConfig) -> Rules:
    return Rules(
        {name: (kind.strong, kind.limit) for name, kind in config.kinds.items()},
        config.public_from,
        config.max_anonymous,
        config.max_hops,
    )


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        pytest.param("U-c", "U", "strong: a user_id names one person", id="a login"),
        pytest.param("c U=c", "c", "decision 1 by Maria makes it one customer with user_id U",
                     id="included"),
        pytest.param("U U=N", "U", "strong: a user_id names one person; decision 1 by Maria makes "
                     "it one customer with customer_number N", id="a login included"),
        pytest.param("U-c", "c", "weak: it follows the person of user_id U, 1 link away",
                     id="one link"),
        pytest.param("U-c-d", "d", "weak: it follows the person of user_id U, 2 links away",
                     id="two links"),
        pytest.param("U-f-U2", "f", "weak: it follows the person of user_id U, 1 link away, the "
                     "first of 2 persons it meets; a fax may meet 2", id="within its limit"),
        pytest.param("U-f-U2 f/U", "f", "weak: it follows the person of user_id U2, 1 link away",
                     id="excluded from the first"),
        pytest.param("c", "c", "weak: never seen together with another identifier", id="lone"),
        pytest.param("c-d", "c", "weak: no person is within 2 links (max_hops); one anonymous "
                     "customer with 1 other identifier", id="anonymous"),
        pytest.param("U-c-d-c2", "c2", "weak: no person is within 2 links (max_hops); an anonymous "
                     "customer by itself", id="too far off"),
        pytest.param("U-p p-V", "p", "shared: it meets 2 persons; a phone may meet 1", id="shared"),
        pytest.param("U-c-d-c2-U2", "d", "shared: it is equally near to 2 persons; 2 links from "
                     "each", id="half way"),
        pytest.param("L-U1 L-U2 L-U3 L-N", "L", "shared: it was seen with 3 user_ids; a "
                     "loyalty_card may be seen with 2 of one kind", id="a clerk's card"),
        pytest.param("p-U p:shared", "p",
                     "shared: declared a household's in the mapping (identity.declared)",
                     id="a household's"),
        pytest.param("k-U1 k-U2 k-U3 k-U4", "k", "public: it meets 4 persons; from 4 on "
                     "(public_from) it is nobody's", id="public"),
        pytest.param("L-U1 L-U2 L-U3 L-U4", "L", "public: it was seen with 4 user_ids; from 4 on "
                     "(public_from) it is nobody's", id="a strong public one"),
        pytest.param("k-U k:public", "k",
                     "public: declared a kiosk's in the mapping (identity.declared)", id="a kiosk"),
        pytest.param("c-d-c2-d2", "d", "crowd: one of 4 anonymous identifiers that hang together, "
                     "more than 3 (max_anonymous)", id="a crowd"),
        pytest.param("U-c c:apart", "c", "apart: decision 1 by Maria: I know them", id="unmerged"),
    ],
)  # fmt: skip
def test_a_standing_is_told_with_its_rule(text: str, name: str, why: str) -> None:
    world, number = told(text)
    explained = world.explained(number[name])
    assert explained.why == why
    assert explained.rule.endswith(".")


@pytest.mark.parametrize(
    ("text", "one", "other", "verdict", "why"),
    [
        pytest.param("U-c", "U", "c", "one_customer", "both are one customer", id="joined"),
        pytest.param("U-c-c2-U2", "c", "c2", "own_persons",
                     "each has its own person: a weak link never joins two", id="two persons"),
        pytest.param("U-f-U2", "f", "U2", "own_persons",
                     "each has its own person: a weak link never joins two", id="met later"),
        pytest.param("c=d c-U", "c", "U", "own_persons",
                     "each has its own person: a weak link never joins two", id="weak, included"),
        pytest.param("U-c-d-c2", "d", "c2", "too_far",
                     "more than 2 links (max_hops) from the person", id="too far"),
        pytest.param("c-d-c2-d2", "c", "d", "crowd", "each stays alone in a crowd", id="crowd"),
        pytest.param("U-N-U2 U/U2", "N", "U2", "parted", "decision 1 parts them", id="a person"),
        pytest.param("U-N-p p/U", "N", "p", "parted", "decision 1 parts them", id="a weak one"),
        pytest.param("c-d-k c/k", "d", "k", "parted", "decision 1 parts them", id="anonymous"),
        pytest.param("f-V f-U f/U", "f", "U", "excluded", "decision 1 says they are two customers",
                     id="excluded from the person it meets"),
        pytest.param("c-V c-U-N c/N", "c", "U", "parted", "decision 1 parts them",
                     id="excluded from another login of the person"),
        pytest.param("U-c-d V-k-d d/U k/V", "d", "c", "parted", "decision 1 parts them",
                     id="further off"),
        pytest.param("U-c-k-V c/V", "c", "k", "own_persons",
                     "each has its own person: a weak link never joins two",
                     id="each with its own anyway"),
        pytest.param("c=V c-U U/V", "c", "U", "own_persons",
                     "each has its own person: a weak link never joins two",
                     id="excluded from its person"),
        pytest.param("U-f f-U2 c-U c/f", "c", "U", "parted", "decision 1 parts them",
                     id="which another one met"),
        pytest.param("U-N-L-U2 U/U2 N/L", "N", "L", "excluded",
                     "decision 2 says they are two customers", id="excluded"),
        pytest.param("U-p p-U2", "p", "U", "this_alone", "this one is shared", id="shared"),
        pytest.param("U-p p-U2", "U", "p", "other_alone", "the other one is shared",
                     id="the other shared"),
        pytest.param("k-U1 k-U2 k-U3 k-U4", "U1", "k", "other_alone", "the other one is public",
                     id="the other public"),
        pytest.param("U-k k:public", "U", "k", "other_alone",
                     "the other one is declared a kiosk's", id="a kiosk"),
        pytest.param("U-p p:shared", "p", "U", "this_alone",
                     "this one is declared a household's", id="a household's"),
        pytest.param("U-c c:apart", "U", "c", "other_alone",
                     "the other one is set apart by decision 1", id="unmerged"),
        pytest.param("U-k k-c k=U k:public", "c", "k", "other_alone",
                     "the other one is declared a kiosk's", id="a kiosk, included"),
        pytest.param("U-k k-c k=U k:apart", "c", "k", "other_alone",
                     "the other one is set apart by decision 2", id="unmerged, included"),
    ],
)  # fmt: skip
def test_a_link_is_told_with_what_becomes_of_it(
    text: str, one: str, other: str, verdict: str, why: str
) -> None:
    world, number = told(text)
    found = world.judge(number[one]).judged(world.placed[number[other]])
    assert (found[0].name, found[1]) == (verdict, why)


def test_a_chain_leads_to_the_person() -> None:
    world, number = told("U-c c-d U2-k")
    chain = world.explained(number["d"]).chain
    assert [named(link.other, CONFIG) for link in chain] == ["cookie c", "user_id U"]


# --- what the last stitch did not know


def test_what_no_stitch_has_taken_in_does_not_count_yet() -> None:
    old, new = Placed(1, "user_id", "ann", Standing.person, 1, 1), Placed(2, "cookie", "c")
    other = Placed(3, "user_id", "bob", Standing.person, 3, 3)
    for there in (new, other):
        assert Judge(old, InForce([]), {}, CONFIG).verdict(there) is Verdict.not_yet
    explained = explain(Facts(new), CONFIG)
    assert explained.why == "seen, and not stitched yet: the next stitch takes it in"
    assert explained.since is None


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("account", "an account: customers belong to it, and it joins none of them"),
        ("fax_number", "kind 'fax_number' is not configured: stitching leaves it out"),
    ],
)
def test_what_can_be_no_customers_is_told_so(kind: str, why: str) -> None:
    assert explain(Facts(Placed(1, kind, "x")), CONFIG).why == why


@pytest.mark.parametrize(
    ("placed", "decisions", "note"),
    [
        pytest.param(
            Placed(1, "cookie", "k", Standing.linked, declared="kiosk"), [],
            "the mapping now declares it a kiosk's: cjm rebuild applies it to what was "
            "stitched before", id="declared since",
        ),
        pytest.param(
            Placed(1, "user_id", "a", Standing.person, declared="agent"), [],
            f"{AGENT}; what came before that was declared still links it", id="an agent's",
        ),
        pytest.param(
            Placed(1, "cookie", "k", Standing.linked),
            [decision(7, "unmerge", 1)._replace(is_applied=False)],
            "decision 7 (unmerge) awaits the next stitch", id="a decision to come",
        ),
    ],
)  # fmt: skip
def test_what_is_new_is_noted(placed: Placed, decisions: list[Decision], note: str) -> None:
    assert explain(Facts(placed, decisions=decisions), CONFIG).notes == [note]


def test_a_decision_counts_from_the_stitch_that_takes_it_in_to_the_one_that_takes_it_back() -> None:
    made, undone = decision(1, "exclude", 1, 2), decision(2, "undo", 0, undoes=1)
    awaited = {"is_applied": False}
    for decisions, holds in (
        ([made._replace(**awaited)], False),
        ([made], True),
        ([made, undone._replace(**awaited)], True),
        ([made, undone], False),
    ):
        assert bool(InForce(decisions).excluded) == holds


def test_rules_that_have_changed_since_are_said_to_have() -> None:
    one, other = (
        Placed(number, "user_id", "x", Standing.person, number, component=1) for number in (1, 2)
    )
    found = Judge(one, InForce([]), {}, CONFIG).judged(other)
    assert found == (Verdict.parted, "the rules have changed since: cjm rebuild applies them")


def test_many_decisions_are_counted_not_listed() -> None:
    world, number = told("U-N-L-U2 U3-U-U5 U4-U2-U6 U/U2 U3/U4 U5/U6 U3/U6")
    found = world.judge(number["N"]).judged(world.placed[number["L"]])
    assert found == (Verdict.parted, "4 decisions that exclude part them")


# --- history


def stays(*customers: int) -> list[Stay]:
    return in_turn(
        [Stay(one, 1, 0, NEVER + timedelta(days=day)) for day, one in enumerate(customers)]
    )


@pytest.mark.parametrize(
    ("customers", "told_as", "since_day"),
    [
        ([], [], None),
        ([1], [(1, 0, None)], 0),
        ([1, 1, 1], [(1, 0, None)], 0),
        ([1, 2, 2, 1], [(1, 0, 1), (2, 1, 3), (1, 3, None)], 3),
    ],
)
def test_a_stay_lasts_until_the_next(
    customers: list[int], told_as: list[tuple[int, int, int | None]], since_day: int | None
) -> None:
    def day(moment: datetime | None) -> int | None:
        return None if moment is None else (moment - NEVER).days

    found = stays(*customers)
    assert [(stay.customer, day(stay.since), day(stay.until)) for stay in found] == told_as
    assert day(since(found)) == since_day


def test_a_stay_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    first, last = stays(1, 2)
    moments = [NEVER + timedelta(hours=hours) for hours in (-1, 0, 23, 24, 48)]
    assert [first.covers(moment) for moment in moments] == [False, True, True, False, False]
    assert [last.covers(moment) for moment in moments] == [False, False, False, True, True]


# --- values


@pytest.mark.parametrize(
    ("kind", "written", "why"),
    [
        ("user_id", "ann", ""),
        ("phone", "0888 123 456", ""),
        ("user_id", "null", "one of the words"),
        ("user_id", " GUEST ", "one of the words"),
        ("email", "noreply@shop.example", "one of the words"),
        ("user_id", "Walk-in", "identity.blocked"),
        ("user_id", "", "blank"),
        ("cookie", "0000000", "one sign over and over"),
        ("user_id", "{{user.id}}", "template"),
        ("phone", "12", "no phone of region BG"),
        ("email", "ann", "no email can be written so"),
        ("ticket", "123456", "check digit (luhn)"),
        ("ticket", "79927398713", ""),
    ],
)
def test_a_value_that_the_pipeline_leaves_out_is_told_why(
    kind: str, written: str, why: str
) -> None:
    config = IdentityConfig.model_validate(
        {"region": "BG", "blocked": ["walk-in"], "kinds": {"ticket": {"check_digit": "luhn"}}}
    )
    found = why_nobody(kind, config.kinds[kind], config, written)
    assert why in found if why else found == ""


@given(st.sampled_from(sorted(CONFIG.kinds)), st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_is_left_out_is_what_has_no_normal_form(kind: str, written: str) -> None:
    found = CONFIG.kinds[kind]
    kept = found.normal(written, CONFIG.region, nobodies(CONFIG.blocked)) is not None
    assert (why_nobody(kind, found, CONFIG, written) == "") == kept


def test_values_are_shown_without_what_upsets_a_terminal_and_hashes_cut_short() -> None:
    hashed = IdentityConfig()
    assert shown("cookie", "a\x1b[31mb\nc", hashed) == "a�[31mb�c"
    assert shown("phone", "0123456789abcdef", hashed) == "0123456789ab…"
    assert shown("phone", "+359888123456", CONFIG) == "+359888123456"


# --- properties: what is told agrees with what is resolved


def in_config(world: World) -> tuple[World, IdentityConfig]:
    """The world with kinds as a mapping may name them."""
    config = IdentityConfig.model_validate(
        {
            "plain": True,
            "public_from": world.rules.public_from,
            "max_anonymous": world.rules.max_anonymous,
            "max_hops": world.rules.max_hops,
            "kinds": {
                name.lower(): {"strong": strong, "limit": limit}
                for name, (strong, limit) in world.rules.kinds.items()
            },
        }
    )
    everyone = [one._replace(kind=one.kind.lower()) for one in world.everyone]
    return world._replace(everyone=everyone, rules=rules(config)), config


tried = settings(max_examples=60, deadline=None)


def links(world: Told) -> Iterable[tuple[Placed, Placed, Verdict, str]]:
    for number, here in world.placed.items():
        for there in world.beside(number).values():
            yield here, there, *world.judge(number).judged(there)


@given(worlds)
@tried
def test_what_counts_joins_two_of_one_component_and_what_does_not_has_a_true_reason(
    world: World,
) -> None:
    for_real = Told(*in_config(world), {})
    excluded = {frozenset(pair) for pair in world.excluded}
    included = {n for pair in world.included if frozenset(pair) not in excluded for n in pair}
    apart = {one.number for one in world.everyone if one.apart}

    def alone(one: Placed) -> bool:
        return one.standing in ALONE or one.number in included & apart

    for here, there, verdict, why in links(for_real):
        assert verdict.counts <= (here.component == there.component), why
        holds = {
            Verdict.one_customer: here.customer == there.customer != 0,
            Verdict.own_persons: here.has_person and there.has_person,
            Verdict.parted: bool(excluded),
            Verdict.too_far: here.has_person != there.has_person,
            Verdict.crowd: here.standing == there.standing == Standing.crowd,
            Verdict.excluded: {here.number, there.number} in excluded,
            Verdict.this_alone: alone(here),
            Verdict.other_alone: alone(there),
            Verdict.not_yet: False,  # all of it is resolved
        }
        assert holds[verdict], (verdict, why)
        one_customer = here.customer == there.customer and not alone(here) and not alone(there)
        assert one_customer == (verdict is Verdict.one_customer)
        assert "rules have changed" not in why


@given(worlds)
@tried
def test_the_two_ends_of_a_link_are_told_the_same(world: World) -> None:
    for_real = Told(*in_config(world), {})
    other_side = {
        Verdict.this_alone: {Verdict.this_alone, Verdict.other_alone},
        Verdict.other_alone: {Verdict.this_alone, Verdict.other_alone},
    }
    for here, there, verdict, _ in links(for_real):
        back = for_real.judge(there.number).verdict(here)
        assert back in other_side.get(verdict, {verdict})


@given(worlds)
@tried
def test_without_decisions_that_exclude_those_they_part_would_be_elsewhere(world: World) -> None:
    for_real = Told(*in_config(world), {})
    free = Told(*in_config(world._replace(excluded=[])), {})
    for here, there, verdict, _ in links(for_real):
        if verdict is Verdict.parted and not kept_apart(for_real, here, there):
            ends = (here.number, there.number)
            assert any(free.places[end] != for_real.places[end] for end in ends)


def kept_apart(world: Told, here: Placed, there: Placed) -> bool:
    """Whether a decision excludes one from an identifier of the other's customer."""
    return any(
        world.placed[foe].customer == other.customer
        for one, other in ((here, there), (there, here))
        for foe in world.in_force.foes(one.number)
    )


@given(worlds)
@tried
def test_every_standing_is_told_from_what_holds(world: World) -> None:
    for_real = Told(*in_config(world), {})
    for number, here in for_real.placed.items():
        told = for_real.explained(number)
        assert told.why and "when it was last resolved" not in told.why
        assert sum(told.totals.values()) == len(told.evidence)
        if here.standing == Standing.linked:
            assert len(told.chain) == here.hops
            assert told.chain[-1].other.standing == Standing.person
            assert {link.other.customer for link in told.chain} == {here.customer}
