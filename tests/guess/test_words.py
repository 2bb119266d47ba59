"""What names of events speak of."""

from __future__ import annotations

import pytest

from cjm_tracker.guess.starter import JOURNEY
from cjm_tracker.guess.words import STAGES, is_goal, stage_of, words
from cjm_tracker.mapping import load_mapping


@pytest.mark.parametrize("name", ["addToCart", "add_to_cart", "Add to Cart", "add-to.cart"])
def test_words_of_a_name(name: str) -> None:
    assert words(name) == ["add", "to", "cart"]


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("page_view", "awareness"), ("Product Viewed", "consideration"), ("view_cart", "purchase"),
        ("Order Completed", "purchase"), ("Order Refunded", "service"),
        ("beginCheckout", "purchase"),
        ("Product Reviewed", "advocacy"), ("Support Article Viewed", "service"),
        ("points_redeemed", "loyalty"), ("Поръчка завършена", "purchase"), ("Жалоба", "service"),
        ("Lamp Dimmed", ""), ("address_read", ""), ("payload_sent", ""),
    ],
)  # fmt: skip
def test_stage_of_a_name(name: str, stage: str) -> None:
    assert stage_of(name) == stage


def test_the_stages_are_those_of_the_preset() -> None:
    assert list(JOURNEY) == load_mapping().stages
    assert set(STAGES) == set(JOURNEY)


@pytest.mark.parametrize(
    ("name", "goal"),
    [("Order Completed", True), ("sale", True), ("purchase", True), ("Order Cancelled", False),
     ("Payment Failed", False), ("checkout", False), ("Product Viewed", False)],
)  # fmt: skip
def test_what_a_shop_wants(name: str, goal: bool) -> None:
    assert is_goal(name) is goal
