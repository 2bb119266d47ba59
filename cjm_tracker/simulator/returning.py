"""Sending a product back, over the website or at a till."""

from __future__ import annotations

from cjm_tracker.simulator import surveys
from cjm_tracker.simulator.calling import call
from cjm_tracker.simulator.cart import Purchase
from cjm_tracker.simulator.clock import CALLS, WEB
from cjm_tracker.simulator.helping import read_articles
from cjm_tracker.simulator.store_visit import return_in_store
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import arrive

_REASONS = ("defective", "not_as_described", "changed_mind", "wrong_item")
_EASY = 0.6


def give_back(story: Story, purchase: Purchase) -> None:
    """Return what was bought; it goes smoothly or it does not, and the customer says so."""
    near_store = story.customer.lives_near_store
    if purchase.order_id is None or (near_store and story.chance(0.35)):
        return_in_store(story, purchase.product)
    else:
        _return_on_web(story, purchase)
    if story.chance(_EASY):
        story.mood.please(0.45, "returns")
    else:
        story.mood.hurt(0.35, "returns")
        if story.chance(0.5):
            story.hurry(30, CALLS)
            call(story, "return")
    surveys.after_return(story, purchase)


def _return_on_web(story: Story, purchase: Purchase) -> None:
    story.rest(1, WEB)
    visit = arrive(story, "service")
    visit.page("Returns")
    visit.sign_in()
    if story.chance(0.4):
        read_articles(visit, "return")
    visit.track(
        "Return Requested",
        {
            "order_id": purchase.order_id,
            "product_id": str(purchase.product.number),
            "reason": story.rng.choice(_REASONS),
        },
    )
    visit.leave()
