from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cjm_tracker.identity import Decisions, Limits, Links, Nodes, Standing, customer_id, resolve

from ..oracle.identity import ALONE, Place, Rules, Seen, who_is_who

Pairs = list[tuple[int, int]]
Column = TypeVar("Column", bound=NDArray[Any])
Told = TypeVar("Told", bound=tuple[int, ...])


class World(NamedTuple):
    """All that a resolution is a function of."""

    everyone: list[Seen]
    links: list[tuple[int, int, int]]
    rules: Rules
    included: Pairs = []
    excluded: Pairs = []


def resolved(world: World, settled: Mapping[int, Place] | None = None) -> dict[int, Place]:
    """Where `resolve` puts everyone; `settled` ones it is told instead."""
    settled = settled or {}
    kinds = list(world.rules.kinds)
    rows = [
        (
            kinds.index(one.kind),
            one.first_seen,
            Standing[one.apart] if one.apart else 0,
            settled[one.number].hops if one.number in settled else -1,
        )
        for one in sorted(world.everyone)
    ]
    numbers = sorted(one.number for one in world.everyone)
    owners = [settled[number].founder if number in settled else 0 for number in numbers]
    left, right, since = zip(*world.links, strict=True) if world.links else ((), (), ())
    kind, first_seen, apart, hops = _integers(rows).reshape(-1, 4).T
    found = resolve(
        Nodes(_numbers(numbers), kind, first_seen, apart, _numbers(owners), hops),
        Links(_numbers(left), _numbers(right), _integers(since)),
        Limits(
            [strong for strong, _ in world.rules.kinds.values()],
            [limit for _, limit in world.rules.kinds.values()],
            *world.rules[1:],
        ),
        Decisions(world.included, world.excluded),
    )
    assert len(set(found.number.tolist())) == len(found.number) == len(rows) - len(settled)
    return {
        number: Place(component, customer, hops, Standing(standing).name)
        for number, customer, component, hops, standing in zip(
            *(column.tolist() for column in found), strict=True
        )
    }


def _numbers(values: Sequence[int]) -> NDArray[np.uint64]:
    return _read_only(np.array(values, np.uint64))


def _integers(values: Sequence[object]) -> NDArray[np.int64]:
    return _read_only(np.array(values, np.int64))


def _read_only(column: Column) -> Column:
    """What is resolved may be asked about again, so nothing writes to it."""
    column.setflags(write=False)
    return column


# --- worlds written down

LETTERS = "abcdefghijklmnopqrstuvwxyz"
KINDS = {
    letter: (letter.isupper(), 2 if letter in "hH" else 1) for letter in LETTERS + LETTERS.upper()
}


def written(text: str, **limits: int) -> dict[str, Place]:
    """Everyone's place in a world written down, on which the rules tried on sets agree."""
    number, world = read(text, **limits)
    found = resolved(world)
    assert found == who_is_who(*world)
    return {name: found[n] for name, n in number.items()}


def read(text: str, **limits: int) -> tuple[dict[str, int], World]:
    """The number of each name in `U-c c-d d:apart U=V c/d`, and the world it describes.

    A link is `-`, inclusion `=`, exclusion `/`. An identifier's first letter is its kind; capitals
    are strong; the limit of h and H is two, of all others one. Identifiers are first seen, and
    links too, in the order they are named.
    """
    words = [word for word in text.split() if ":" not in word]
    apart = dict(word.split(":") for word in text.split() if ":" in word)
    names = list(dict.fromkeys(" ".join([*words, *apart]).translate(SPACED).split()))
    number = {name: n for n, name in enumerate(names, 1)}

    def pairs(sign: str) -> Pairs:
        chains = [word.split(sign) for word in words if sign in word]
        return [(number[one], number[other]) for chain in chains for one, other in pairwise(chain)]

    return number, World(
        [Seen(n, name[0], n, apart.get(name, "")) for name, n in number.items()],
        [(*pair, since) for since, pair in enumerate(pairs("-"))],
        Rules(KINDS, **limits),
        pairs("="),
        pairs("/"),
    )


SPACED = str.maketrans("-=/", "   ")


def told(found: dict[str, Place]) -> tuple[set[str], set[str]]:
    """The customers, each as its members' names in order; and who is alone for what reason."""
    customers: dict[int, list[str]] = {}
    for name, place in sorted(found.items()):
        if place.standing not in (*ALONE, "crowd"):
            customers.setdefault(place.founder, []).append(name)
    alone = {
        f"{name} {place.standing}"
        for name, place in found.items()
        if place.standing in (*ALONE, "crowd")
    }
    return {" ".join(names) for names in customers.values()}, alone


def places(text: str, **limits: int) -> tuple[set[str], set[str]]:
    return told(written(text, **limits))


def one_of_each(*cases: tuple[str, str, set[str], set[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("text", "customers", "alone"),
        [pytest.param(*rest, id=name) for name, *rest in cases],
    )


@one_of_each(
    ("nobody is linked", "a b U", {"a", "b", "U"}, set()),
    ("login later", "c U-c", {"U c"}, set()),
    ("two devices of one login", "c-U d-U", {"U c d"}, set()),
    ("login and customer number", "U-V c-U d-V", {"U V c d"}, set()),
    ("three strong ones in a row", "U-V V-W", {"U V W"}, set()),
    ("household phone", "U-p p-V", {"U", "V"}, {"p shared"}),
    ("shared tablet", "U-t V-t p-V", {"U", "V p"}, {"t shared"}),
    ("nothing follows a shared one", "U-s-V s-x x-y", {"U", "V", "x y"}, {"s shared"}),
    ("anonymous visitor", "a-b-c", {"a b c"}, set()),
    ("four weak links reach a person", "U-a-b-c-d", {"U a b c d"}, set()),
    ("a fifth does not", "U-a-b-c-d-e-f", {"U a b c d", "e f"}, set()),
    ("half way between two persons", "U-a-b-c-V", {"U a", "V c"}, {"b shared"}),
    ("the nearer person wins", "U-a-b-c-d-V", {"U a b", "V c d"}, set()),
    ("a weak link joins no persons", "U-a a-b V-b", {"U a", "V b"}, set()),
    ("one person by two names shares nothing", "U-V U-p V-p", {"U V p"}, set()),
    ("a link to itself says nothing", "a-a U-U", {"a", "U"}, set()),
    ("a shared one between alias and other", "U-p V-p W-V", {"U", "V W"}, {"p shared"}),
    ("within its limit the first it met", "h-V h-U", {"V h", "U"}, set()),
    ("beyond its limit", "h-V h-U h-W", {"V", "U", "W"}, {"h shared"}),
    ("a limit is for persons next to it only", "U-a-h-b-V", {"U a", "V b"}, {"h shared"}),
    ("a clerk's own card", "A-U1 A-U2", {"U1", "U2"}, {"A shared"}),
    ("a strong one within its limit", "H-U1 H-U2", {"H U1 U2"}, set()),
    ("a strong one beyond its limit", "H-U1 H-U2 H-U3", {"U1", "U2", "U3"}, {"H shared"}),
    ("strong ones of several kinds", "A-U A-V A-W", {"A U V W"}, set()),
    ("weak ones share no strong one", "A-c1 A-c2 A-c3", {"A c1 c2 c3"}, set()),
    ("shared all at once", "A1-U1 U1-A2 A2-U2", {"A1", "U2"}, {"U1 shared", "A2 shared"}),
    ("a card's weak ones are not the clerk's", "A-U1 A-U2 A-c", {"U1", "U2", "c"}, {"A shared"}),
)  # fmt: skip
def test_small_worlds(text: str, customers: set[str], alone: set[str]) -> None:
    assert places(text) == (customers, alone)


@one_of_each(
    ("weak", "k-U k-V k-W k-x x-y", {"U", "V", "W", "x y"}, {"k public"}),
    ("weak, at one fewer", "k-U k-V", {"U", "V"}, {"k shared"}),
    ("strong", "A-U1 A-U2 A-U3", {"U1", "U2", "U3"}, {"A public"}),
    ("strong, by the most of a kind", "A-U1 A-U2 A-V1", {"U1", "U2", "V1"}, {"A shared"}),
    ("further off", "k-u k-v k-w u-U v-V w-W", {"U u", "V v", "W w"}, {"k public"}),
)  # fmt: skip
def test_what_meets_three_persons_is_public(
    text: str, customers: set[str], alone: set[str]
) -> None:
    assert places(text, public_from=3) == (customers, alone)


@one_of_each(
    ("kiosk", "k-U k-c k:public", {"U", "c"}, {"k public"}),
    ("household's phone", "p-U p-c p:shared", {"U", "c"}, {"p shared"}),
    ("a strong one", "A-U A-c A:shared", {"U", "c"}, {"A shared"}),
    ("unmerged", "U-c c-d c:apart", {"U", "d"}, {"c apart"}),
    ("unmerged from strong ones", "U-V V-W V:apart", {"U", "W"}, {"V apart"}),
    ("counts for no limit", "A-U1 A-U2 U2:apart", {"A U1"}, {"U2 apart"}),
)
def test_declared_ones_stand_alone(text: str, customers: set[str], alone: set[str]) -> None:
    assert places(text) == (customers, alone)


@one_of_each(
    ("weak and weak", "a-b c a=c", {"a b c"}, set()),
    ("weak and strong", "U c U=c", {"U c"}, set()),
    ("two persons", "U-c V-d U=V", {"U V c d"}, set()),
    ("a third person by a weak one", "U V c U=c c=V", {"U V c"}, set()),
    ("a weak one that would be shared", "U-p p-V U=p", {"U p", "V"}, set()),
    ("a strong one that would be shared", "A-U1 A-U2 A=U1", {"A U1 U2"}, set()),
    ("a declared one, without its links", "U-k k-c U=k k:public", {"U k", "c"}, set()),
    ("others meet it as a person", "a=b a-p U-p", {"a b", "U"}, {"p shared"}),
    ("others are as far from it as from a person", "a=b a-p-q-U", {"a b p", "U q"}, set()),
)  # fmt: skip
def test_included(text: str, customers: set[str], alone: set[str]) -> None:
    assert places(text) == (customers, alone)


@one_of_each(
    ("strong and strong", "U-V-W U/W", {"U V", "W"}, set()),
    ("strong and strong, linked", "U-V U/V", {"U", "V"}, set()),
    ("the nearer one", "U-V-W-X U/X", {"U V", "W X"}, set()),
    ("two exclusions", "U-V-W U/V V/W", {"U", "V", "W"}, set()),
    ("a part that holds two as well", "A-B-C-D-E-F-G A/G B/D", {"A B C", "D", "E F G"}, set()),
    ("taken in order", "A-B-C-D-E B/E A/C", {"A B", "C D E"}, set()),
    ("of other persons", "U-V W U/W", {"U V", "W"}, set()),
    ("weak and strong", "U-p p-V p/U", {"U", "V p"}, set()),
    ("weak and strong of the person", "U-V V-p p/U", {"U V", "p"}, set()),
    ("weak and strong, further off", "U-a-b b/U", {"U a", "b"}, set()),
    ("weak and weak at one hop", "U-a U-b a/b", {"U a", "b"}, set()),
    ("weak and weak at two hops", "U-a U-b-c a/c", {"U a b", "c"}, set()),
    ("weak and weak, the later one meets two", "a-U-h-V a/h", {"U a", "V h"}, set()),
    ("weak and weak, the earlier one meets two", "h-U h-V a-U a/h", {"U h", "V", "a"}, set()),
    ("anonymous", "a-b-c a/c", {"a b", "c"}, set()),
    ("anonymous, linked", "a-b a/b", {"a", "b"}, set()),
    ("counts for no limit", "A-U1 A-U2 A/U2", {"A U1", "U2"}, set()),
    ("included as well", "U=V V/U", {"U", "V"}, set()),
    ("within what is included", "U=V V=W U/W", {"U V", "W"}, set()),
)  # fmt: skip
def test_excluded(text: str, customers: set[str], alone: set[str]) -> None:
    assert places(text) == (customers, alone)


@pytest.mark.parametrize(
    ("decided", "told_before"),
    [
        pytest.param("U=V U/V", "U V", id="included, then excluded"),
        pytest.param("U/V U=V", "U V", id="excluded, then included"),
        pytest.param("U=V V/U", "U V", id="the other way round"),
        pytest.param("U-c c=c c/c", "U-c", id="from and with itself"),
    ],
)
def test_decisions_that_change_nothing(decided: str, told_before: str) -> None:
    assert places(decided) == places(told_before)


@pytest.mark.parametrize("decision", ["U=V", "U/c", "c:apart", "d:shared", "c=d"])
def test_a_decision_undone_leaves_no_trace(decision: str) -> None:
    links = "U-c c-d V-W"
    before = places(links)
    assert places(f"{links} {decision}") != before
    assert places(links) == before


def test_decisions_and_links_about_identifiers_nobody_has_seen_are_ignored() -> None:
    world = World([Seen(1, "U", 0)], [(1, 2, 0), (3, 4, 0)], Rules(KINDS), [(1, 2)], [(2, 1)])
    assert resolved(world) == {1: Place(1, 1, 0, "person")}


def test_nobody_seen_is_nobody_resolved() -> None:
    assert resolved(World([], [(1, 2, 0)], Rules(KINDS), [(1, 2)], [(3, 4)])) == {}


# --- names


def test_ids_are_written_from_numbers() -> None:
    assert [customer_id(0), customer_id(1), customer_id(2**64 - 1)] == [
        "",
        "c0000000000000001",
        "cffffffffffffffff",
    ]


def test_a_later_login_does_not_rename_the_customer() -> None:
    assert written("c-d")["c"].founder == written("c-d U-c")["U"].founder


def test_two_customers_that_join_keep_the_older_ones_id() -> None:
    before, after = written("c U d-U"), written("c U d-U c-U")
    assert after["d"].founder == before["c"].founder


def test_of_two_identifiers_first_seen_together_the_lower_number_founds_the_customer() -> None:
    world = World([Seen(7, "c", 5), Seen(3, "U", 5)], [(7, 3, 0)], Rules(KINDS))
    assert {place.founder for place in resolved(world).values()} == {3}


def test_shared_ones_stand_for_themselves_and_public_ones_for_nobody() -> None:
    assert written("p-U p-V")["p"].founder == 1
    assert written("p-U p-V", public_from=2)["p"].founder == 0


def test_a_component_is_named_by_its_least_number() -> None:
    parted_by_a_shared_one = written("U-s-V s-x").values()
    assert [place.component for place in parted_by_a_shared_one] == [1, 2, 3, 4]
    assert {place.component for place in written("a-b-c a/c U-c").values()} == {1}
    assert {place.component for place in written("U=V").values()} == {1}


def test_hops_are_links_from_the_person() -> None:
    assert [place.hops for place in written("U-V-a-b s-U s-W c").values()] == [0, 0, 1, 2, 0, 0, 0]


# --- attacks


def test_a_kiosk_of_10000_customers_is_nobodys() -> None:
    customers = range(2, 10_002)
    found = resolved(
        World(
            [Seen(1, "k", 0), *(Seen(number, "U", number) for number in customers)],
            [(1, number, 0) for number in customers],
            Rules(KINDS),
        )
    )
    assert found.pop(1) == Place(1, 0, 0, "public")
    assert found == {number: Place(number, number, 0, "person") for number in customers}


def test_a_test_login_of_10000_customers_joins_none_of_them() -> None:
    customers = range(2, 10_002)
    found = resolved(
        World(
            [Seen(1, "T", 0), *(Seen(number, "U", number) for number in customers)],
            [(1, number, 0) for number in customers],
            Rules(KINDS),
        )
    )
    assert Counter(place.founder for place in found.values()) == dict.fromkeys((0, *customers), 1)


def test_fifty_anonymous_identifiers_are_a_customer() -> None:
    assert Counter(place.founder for place in _chain(50).values()) == {1: 50}


@pytest.mark.parametrize("length", [51, 10_000])
def test_more_than_fifty_anonymous_identifiers_are_a_crowd(length: int) -> None:
    assert _chain(length) == {n: Place(1, n, 0, "crowd") for n in range(1, length + 1)}


def test_a_long_chain_does_not_reach_a_person() -> None:
    found = _chain(10_000, person=5_000)
    followers = {number for number, place in found.items() if place.founder == found[5_000].founder}
    assert followers == set(range(4_996, 5_005))


def _chain(length: int, person: int = 0) -> dict[int, Place]:
    numbers = range(1, length + 1)
    everyone = [Seen(number, "U" if number == person else "c", number) for number in numbers]
    return resolved(World(everyone, [(*pair, 0) for pair in pairwise(numbers)], Rules(KINDS)))


# --- properties

numbers = st.integers(1, 12)
pairs = st.tuples(numbers, numbers)
kinds = st.tuples(st.booleans(), st.integers(1, 2))
worlds = st.builds(
    World,
    st.lists(
        st.builds(
            Seen,
            numbers,
            st.sampled_from("SWK"),
            st.integers(0, 3),
            st.sampled_from(["", "", "", "", "", *ALONE]),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda one: one.number,
    ),
    st.lists(st.tuples(numbers, numbers, st.integers(0, 3)), max_size=24),
    st.builds(
        Rules,
        st.fixed_dictionaries({"S": st.just((True, 1)), "W": st.just((False, 1)), "K": kinds}),
        public_from=st.integers(2, 4),
        max_anonymous=st.integers(1, 4),
        max_hops=st.integers(1, 3),
    ),
    st.lists(pairs, max_size=3),
    st.lists(pairs, max_size=4),
)
tried_often = settings(max_examples=150, deadline=None)
tried = settings(max_examples=50, deadline=None)


@given(worlds)
@tried_often
def test_the_rules_tried_on_sets_give_the_same(world: World) -> None:
    assert resolved(world) == who_is_who(*world)


@given(worlds, st.randoms())
@tried
def test_neither_order_nor_direction_nor_repetition_matters(
    world: World, chance: random.Random
) -> None:
    def shuffled(pairs: Pairs) -> Pairs:
        again = [chance.choice([(one, other), (other, one)]) for one, other in pairs + pairs]
        return chance.sample(again, len(again))

    links = [
        (*pair, since) for left, right, since in world.links for pair in shuffled([(left, right)])
    ]
    assert resolved(world) == resolved(
        World(
            chance.sample(world.everyone, len(world.everyone)),
            chance.sample(links, len(links)),
            world.rules,
            shuffled(world.included),
            shuffled(world.excluded),
        )
    )


@given(worlds)
@tried
def test_large_numbers_are_numbers_like_any_other(world: World) -> None:
    def large(number: int) -> int:
        return number + 2**64 - 100 if number else 0

    moved = World(
        [one._replace(number=large(one.number)) for one in world.everyone],
        [(large(left), large(right), since) for left, right, since in world.links],
        world.rules,
        [(large(one), large(other)) for one, other in world.included],
        [(large(one), large(other)) for one, other in world.excluded],
    )
    assert resolved(moved) == {
        large(number): place._replace(
            component=large(place.component), founder=large(place.founder)
        )
        for number, place in resolved(world).items()
    }


@given(worlds, st.randoms())
@tried
def test_components_by_themselves_resolve_as_they_do_among_all(
    world: World, chance: random.Random
) -> None:
    among_all = resolved(world)
    one = chance.choice(sorted(among_all))
    inside, alone = resolved_around({one}, world, among_all)
    assert alone == {number: among_all[number] for number in inside}


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        pytest.param("y-U x-U x-V x-W x/y", "shared", id="held by then: it meets two, not three"),
        pytest.param("x-U x-V x-W y-U x/y", "public", id="held later: it meets three"),
        pytest.param("U-a-y x-U x-V x-W x/y", "public", id="held further off: it meets three"),
    ],
)
def test_one_outside_that_a_shared_one_is_excluded_from_is_settled(
    text: str, standing: str
) -> None:
    number, world = read(text, public_from=3)
    x = number["x"]
    among_all = resolved(world)
    inside, alone = resolved_around({x}, world, among_all)
    assert number["y"] not in inside
    assert alone[x] == among_all[x]
    assert alone[x].standing == standing


@given(worlds, st.randoms())
@tried
def test_what_changed_resolves_by_itself_as_it_does_among_all(
    world: World, chance: random.Random
) -> None:
    # What stitching rests on: it resolves the components touched, and no others.
    known = chance.sample(world.everyone, len(world.everyone) * 3 // 4)
    known = [one if chance.random() < 0.8 else one._replace(apart="") for one in known]
    was, now = part_of(world, known, chance), part_of(world, world.everyone, chance)
    found = resolved(was)
    looked_at = {one.number for one in {*now.everyone} - {*was.everyone}}
    changed = {*now.links} ^ {*was.links}
    decided = ({*now.included} ^ {*was.included}) | ({*now.excluded} ^ {*was.excluded})
    looked_at |= {number for told in (*changed, *decided) for number in told[:2]}
    while looked_at:
        inside, after = resolved_around(looked_at, now, found)
        freed = {one for one in inside & set(found) if is_alone(found[one]) > is_alone(after[one])}
        looked_at = {
            one for left, right, _ in now.links if freed & {left, right} for one in (left, right)
        }
        if looked_at <= inside:
            found |= after
            break
        looked_at |= inside
    assert found == resolved(now)


def part_of(world: World, everyone: list[Seen], chance: random.Random) -> World:
    """What was told of those in part of the world."""
    numbers = {one.number for one in everyone}

    def some(told: list[Told]) -> list[Told]:
        return [one for one in told if {*one[:2]} <= numbers and chance.random() < 0.8]

    links, included, excluded = some(world.links), some(world.included), some(world.excluded)
    return World(everyone, links, world.rules, included, excluded)


def resolved_around(
    looked_at: set[int], world: World, before: dict[int, Place]
) -> tuple[set[int], dict[int, Place]]:
    """Whose places had to be found anew, by where they were before; and their places.

    They are whole components and the shared and public identifiers next to them. Settled are the
    neighbours of those that stand alone, and whom those are excluded from.
    """
    links = [{left, right} for left, right, _ in world.links]
    pairs = [*links, *({*pair} for pair in world.excluded)]
    inside: set[int] = set()
    more = looked_at
    while more:
        components = {before[one].component for one in inside | more if one in before}
        members = {one for one, place in before.items() if place.component in components}
        inside = inside | more | members
        near = set[int]().union(*(link for link in links if link & inside)) & set(before) - inside
        more = {one for one in near if before[one].standing in ("shared", "public")}
    alone = {one for one in inside & set(before) if is_alone(before[one])}
    outside = set[int]().union(*(pair for pair in pairs if pair & alone)) & set(before) - inside
    part = [one for one in world.everyone if one.number in inside | outside]
    settled = {one: as_settled(before[one]) for one in outside}
    return inside, resolved(world._replace(everyone=part), settled)


def is_alone(place: Place) -> bool:
    return place.standing in ALONE


def as_settled(place: Place) -> Place:
    belongs = place.standing in ("person", "linked")
    return place if belongs else place._replace(founder=0, hops=0)


@given(worlds)
@tried
def test_a_customer_is_named_after_one_of_its_own(world: World) -> None:
    found = resolved(world)
    for place in found.values():
        named_after = found[place.founder] if place.founder else place
        assert named_after.founder == place.founder
        assert named_after.component == place.component


@given(worlds)
@tried
def test_no_customer_holds_two_that_are_excluded_from_each_other(world: World) -> None:
    customer = {number: place.founder for number, place in resolved(world).items() if place.founder}
    for one, other in world.excluded:
        assert one == other or one not in customer or customer[one] != customer.get(other)


@given(worlds)
@tried
def test_no_person_is_two_customers_unless_by_exclusion(world: World) -> None:
    found = resolved(world._replace(excluded=[]))
    persons = {number for number, place in found.items() if place.standing == "person"}
    kinds = {one.number: world.rules.kinds[one.kind] for one in world.everyone}
    apart = {one.number for one in world.everyone if one.apart}
    strong = {number for number in persons - apart if kinds[number][0]}
    joined = [{left, right} for left, right, _ in world.links if {left, right} <= strong]
    for pair in [*joined, *({*pair} for pair in world.included if {*pair} <= set(found))]:
        assert len({found[number].founder for number in pair}) == 1
