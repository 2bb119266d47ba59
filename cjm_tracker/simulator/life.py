"""A customer's life with the shop: one journey, a pause, and perhaps another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from cjm_tracker.simulator import advocacy, surveys
from cjm_tracker.simulator.browsing import look_around
from cjm_tracker.simulator.calling import call
from cjm_tracker.simulator.cart import Purchase
from cjm_tracker.simulator.clock import CALLS, WEB, settle
from cjm_tracker.simulator.delivery import wait_for_parcel
from cjm_tracker.simulator.helping import seek_help
from cjm_tracker.simulator.people import Customer
from cjm_tracker.simulator.returning import give_back
from cjm_tracker.simulator.shop import PRODUCTS
from cjm_tracker.simulator.shopping import shop
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import arrive
from cjm_tracker.simulator.world import World

_INTENTS = {"buy": 66, "research": 6, "help": 18, "newsletter": 10}
_NEEDS_INVOICE = 0.04
_BREAKS = 0.16


def live(world: World, customer: Customer) -> Story:
    """Everything a customer does in the period."""
    story = Story(world, customer, _first_moment(world, customer))
    while not story.over:
        _travel(story)
        goodwill = 0.25 * story.mood.feeling if customer.account else -0.3
        if not story.chance(customer.persona.comes_back + goodwill):
            break
        story.rest(customer.persona.pause_days, WEB)
        story.mood.fade()
    return story


def _first_moment(world: World, customer: Customer) -> datetime:
    """Regulars are there from the first days; newcomers turn up at any time."""
    days = (world.end - world.start).days
    if customer.account and customer.account.opened:
        offset = world.rng.expovariate(1 / customer.persona.pause_days) % days
    else:
        offset = world.rng.uniform(0, days)
    return settle(world.rng, world.start + timedelta(days=offset), WEB)


def _travel(story: Story) -> None:
    """One journey from the need to its outcome."""
    first_act = len(story.acts)
    intent = "buy"
    if story.customer.account:
        intent = story.rng.choices(list(_INTENTS), list(_INTENTS.values()))[0]
    if intent == "buy" and story.customer.persona.name == "gift_buyer":
        intent = "gift"
    story.close(first_act, intent, _pursue(story, intent))


def _pursue(story: Story, intent: str) -> str:
    if intent == "help":
        topic = story.rng.choice(("technical_help", "technical_help", "invoice", "order_question"))
        return "resolved" if seek_help(story, topic) else "unresolved"
    if intent == "newsletter":
        visit = advocacy.read_newsletter(story)
        if visit:
            visit.leave()
        return "read"
    if intent == "research":
        visit = arrive(story, "subscriber")
        look_around(visit, story.rng.choice(PRODUCTS))
        visit.leave()
        return "looked"
    return _buy(story)


def _buy(story: Story) -> str:
    purchase = shop(story, story.rng.choice(PRODUCTS))
    if purchase is None:
        if story.chance(0.3):
            story.mood.hurt(0.1, "price")
        return "abandoned"
    bought = "bought_in_store" if purchase.order_id is None else "bought_online"
    if story.customer.account is None:
        return bought
    return "returned" if _use(story, purchase) else bought


def _use(story: Story, purchase: Purchase) -> bool:
    """What follows a purchase; whether it ended in a return."""
    if purchase.order_id:
        wait_for_parcel(story, purchase)
    if story.chance(_NEEDS_INVOICE):
        story.hurry(40, CALLS)
        call(story, "invoice")
    returns = 0.08
    if story.chance(_BREAKS):
        story.mood.hurt(0.4, "product")
        story.rest(3, WEB)
        returns = 0.2 if seek_help(story, "technical_help") else 0.55
    else:
        story.mood.please(0.15, "product")
    returned = story.chance(returns)
    if returned:
        give_back(story, purchase)
    else:
        advocacy.speak_up(story, purchase)
    surveys.after_purchase(story, purchase)
    return returned
