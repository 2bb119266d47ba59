"""In a clean world the records alone join every customer: connected components are customers."""

from __future__ import annotations

from collections import defaultdict

from cjm_tracker.simulator import SampleLogs

from .reading import ACS, SOURCES, Seen, sales, table, understood

_TRAITS = {
    "email": "email",
    "phone": "phone",
    "loyaltyCard": "loyalty_card",
    "customerNumber": "customer_number",
}


def _identifiers(source: str, seen: Seen) -> set[tuple[str, str]]:
    content = seen.content
    if source == "website":
        found = {("cookie", content["anonymousId"]), ("user_id", content["userId"])}
        traits = {**content.get("traits", {}), **content["context"].get("traits", {})}
        found |= {(kind, traits.get(name)) for name, kind in _TRAITS.items()}
    elif source == "call_centre":
        endpoint = content["CustomerEndpoint"] or {}
        found = {
            ("phone", endpoint.get("Address")),
            ("customer_number", content["Attributes"].get("customerNumber")),
        }
    elif source == "store":
        cards = content.iter(f"{ACS}LoyaltyID")
        found = {("loyalty_card", (card.text or "").lstrip("0")) for card in cards}
    else:
        found = {(kind, content["hidden"].get(kind)) for kind in ("user_id", "email", "phone")}
    return {(kind, value) for kind, value in found if value}


class _Groups:
    """Union-find over identifiers."""

    def __init__(self) -> None:
        self._parent: dict[tuple[str, str], tuple[str, str]] = {}

    def find(self, item: tuple[str, str]) -> tuple[str, str]:
        parent = self._parent.setdefault(item, item)
        if parent == item:
            return item
        self._parent[item] = self.find(parent)
        return self._parent[item]

    def join(self, items: set[tuple[str, str]]) -> None:
        first, *others = sorted(items)
        for other in others:
            self._parent[self.find(other)] = self.find(first)


def test_components_of_a_clean_world_are_its_customers(clean: SampleLogs) -> None:
    truth = {
        (row["source"], row["event_id"]): row["customer"]
        for row in table(clean.truth / "events.csv")
    }
    groups, owner = _Groups(), {}
    for source in SOURCES:
        for seen in sales(clean) if source == "store" else understood(clean, source):
            if identifiers := _identifiers(source, seen):
                groups.join(identifiers)
                owner[min(identifiers)] = truth[source, seen.event_id]
    customers_of, groups_of = defaultdict(set), defaultdict(set)
    for identifier, customer in owner.items():
        customers_of[groups.find(identifier)].add(customer)
        groups_of[customer].add(groups.find(identifier))
    assert all(len(customers) == 1 for customers in customers_of.values())
    assert all(len(found) == 1 for found in groups_of.values())


def test_only_a_sale_without_a_card_says_nothing_about_the_person(clean: SampleLogs) -> None:
    for source in ("website", "call_centre", "survey"):
        assert all(_identifiers(source, seen) for seen in understood(clean, source))
    with_card = [seen for seen in sales(clean) if _identifiers("store", seen)]
    assert 0.5 < len(with_card) / len(sales(clean)) < 0.9
