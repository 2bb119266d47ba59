from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.identity import Assignment, Link, Node, customer_id, resolve

from ..oracle.identity import Seen, who_is_who

Groups = tuple[set[str], set[str]]


def world(links: str) -> dict[str, Assignment]:
    """Customers of a world written as `U-c c-d e`; capital letters are strong identifiers.

    Identifiers are first seen in the order they are named.
    """
    names = list(dict.fromkeys(links.replace("-", " ").split()))
    nodes = [Node(n, name[0].isupper(), n) for n, name in enumerate(names, 1)]
    pairs = [
        Link(names.index(left) + 1, names.index(right) + 1)
        for chain in links.split()
        for left, right in pairwise(chain.split("-"))
    ]
    found = resolve(nodes, pairs)
    return {name: found[n] for n, name in enumerate(names, 1)}


def groups(assignments: dict[str, Assignment]) -> Groups:
    """The customers, each as its members' names in order; and the shared identifiers."""
    members: dict[str, list[str]] = {}
    for name, assignment in sorted(assignments.items()):
        if not assignment.is_shared:
            members.setdefault(assignment.customer, []).append(name)
    shared = {name for name, assignment in assignments.items() if assignment.is_shared}
    return {" ".join(names) for names in members.values()}, shared


@pytest.mark.parametrize(
    ("links", "customers", "shared"),
    [
        pytest.param("a b U", {"a", "b", "U"}, set(), id="nobody is linked"),
        pytest.param("c U-c", {"U c"}, set(), id="login later"),
        pytest.param("c-U d-U", {"U c d"}, set(), id="two devices of one login"),
        pytest.param("U-V c-U d-V", {"U V c d"}, set(), id="login and customer number"),
        pytest.param("U-V V-W", {"U V W"}, set(), id="three strong ones in a row"),
        pytest.param("U-p p-V", {"U", "V"}, {"p"}, id="household phone"),
        pytest.param("U-t V-t p-V", {"U", "V p"}, {"t"}, id="shared tablet"),
        pytest.param("U-s-V s-x x-y", {"U", "V", "x y"}, {"s"}, id="nothing follows a shared one"),
        pytest.param("a-b-c", {"a b c"}, set(), id="anonymous visitor"),
        pytest.param("U-a-b-c-d", {"U a b c d"}, set(), id="four weak links reach a person"),
        pytest.param("U-a-b-c-d-e-f", {"U a b c d", "e f"}, set(), id="a fifth does not"),
        pytest.param("U-a-b-c-V", {"U a", "V c"}, {"b"}, id="half way between two persons"),
        pytest.param("U-a-b-c-d-V", {"U a b", "V c d"}, set(), id="the nearer person wins"),
        pytest.param("U-a a-b V-b", {"U a", "V b"}, set(), id="a weak link joins no persons"),
        pytest.param("U-V U-p V-p", {"U V p"}, set(), id="one person by two names shares nothing"),
        pytest.param("a-a U-U", {"a", "U"}, set(), id="a link to itself says nothing"),
        pytest.param("U-p V-p W-V", {"U", "V W"}, {"p"}, id="a shared one between alias and other"),
    ],
)  # fmt: skip
def test_small_worlds(links: str, customers: set[str], shared: set[str]) -> None:
    assert groups(world(links)) == (customers, shared)


def test_a_kiosk_of_500_customers_belongs_to_none_of_them() -> None:
    people = [f"U{n}" for n in range(500)]
    customers, shared = groups(world(" ".join(f"kiosk-{person}" for person in people)))
    assert (customers, shared) == (set(people), {"kiosk"})


def test_fifty_anonymous_identifiers_are_a_customer() -> None:
    customers, _ = groups(world("-".join(f"c{n:02}" for n in range(50))))
    assert len(customers) == 1


def test_fifty_one_anonymous_identifiers_are_an_accident() -> None:
    customers, shared = groups(world("-".join(f"c{n:02}" for n in range(51))))
    assert (len(customers), shared) == (51, set())


def test_links_to_identifiers_nobody_has_seen_are_ignored() -> None:
    assert resolve([Node(1, True, 0)], [Link(1, 2), Link(3, 4)]) == {
        1: Assignment(1, customer_id(1), False)
    }


def test_a_later_login_does_not_rename_the_customer() -> None:
    assert world("c-d")["c"].customer == world("c-d U-c")["U"].customer


def test_two_customers_that_join_keep_the_older_ones_id() -> None:
    before, after = world("c U d-U"), world("c U d-U c-U")
    assert after["d"].customer == before["c"].customer


def test_of_two_identifiers_first_seen_together_the_lower_number_founds_the_customer() -> None:
    found = resolve([Node(7, False, 5), Node(3, True, 5)], [Link(7, 3)])
    assert found[7].customer == customer_id(3)


def test_a_shared_identifier_stands_for_itself() -> None:
    shared = world("p-U p-V")["p"]
    assert shared.customer == customer_id(1)


def test_a_component_is_named_by_its_least_number_though_a_shared_one_parts_it() -> None:
    assert {assignment.component for assignment in world("U-s-V s-x").values()} == {1}


# --- properties

numbers = st.integers(1, 12)
nodes = st.dictionaries(numbers, st.tuples(st.booleans(), st.integers(0, 3)), max_size=12).map(
    lambda found: [Node(number, *rest) for number, rest in found.items()]
)
links = st.lists(st.builds(Link, numbers, numbers), max_size=24)


@given(nodes, links)
@settings(max_examples=500, deadline=None)
def test_the_rules_tried_on_sets_give_the_same(nodes: list[Node], links: list[Link]) -> None:
    expected = who_is_who([Seen(*node) for node in nodes], links)
    assert resolve(nodes, links) == {
        number: Assignment(place.component, f"c{place.founder:016x}", place.shared)
        for number, place in expected.items()
    }


@given(nodes, links, st.randoms())
@settings(max_examples=200, deadline=None)
def test_neither_order_nor_direction_nor_repetition_of_links_matters(
    nodes: list[Node], links: list[Link], random
) -> None:
    shuffled = [Link(*random.sample(link, 2)) for link in links + links]
    random.shuffle(shuffled)
    assert resolve(random.sample(nodes, len(nodes)), shuffled) == resolve(nodes, links)


@given(nodes, links)
@settings(max_examples=200, deadline=None)
def test_persons_are_joined_by_strong_links_alone(nodes: list[Node], links: list[Link]) -> None:
    strong = [node for node in nodes if node.strong]
    alone = resolve(strong, links)
    among_all = resolve(nodes, links)
    for one in strong:
        for other in strong:
            together = among_all[one.number].customer == among_all[other.number].customer
            assert together == (alone[one.number].customer == alone[other.number].customer)


@given(nodes, links)
@settings(max_examples=200, deadline=None)
def test_a_component_by_itself_resolves_as_it_does_among_all(
    nodes: list[Node], links: list[Link]
) -> None:
    # What stitching rests on: it resolves the components touched, and no others.
    among_all = resolve(nodes, links)
    for component in {assignment.component for assignment in among_all.values()}:
        inside = [node for node in nodes if among_all[node.number].component == component]
        assert resolve(inside, links).items() <= among_all.items()


@given(nodes, links, links)
@settings(max_examples=200, deadline=None)
def test_evidence_that_is_taken_back_leaves_no_trace(
    nodes: list[Node], links: list[Link], more: list[Link]
) -> None:
    before = resolve(nodes, links)
    resolve(nodes, links + more)
    assert resolve(nodes, links) == before


@given(nodes, links)
@settings(max_examples=200, deadline=None)
def test_no_customer_takes_the_id_of_a_shared_identifier(
    nodes: list[Node], links: list[Link]
) -> None:
    found = resolve(nodes, links)
    shared = {assignment.customer for assignment in found.values() if assignment.is_shared}
    owned = {assignment.customer for assignment in found.values() if not assignment.is_shared}
    assert not shared & owned
