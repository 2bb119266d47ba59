"""The shopping journey: look, compare, hesitate, then buy on the web, in a store or not at all."""

from __future__ import annotations

from cjm_tracker.simulator.advocacy import read_newsletter
from cjm_tracker.simulator.browsing import fill_cart, look_around, view_cart
from cjm_tracker.simulator.calling import call
from cjm_tracker.simulator.cart import Cart, Purchase
from cjm_tracker.simulator.checkout import check_out
from cjm_tracker.simulator.clock import CALLS, WEB
from cjm_tracker.simulator.entries import REMINDER
from cjm_tracker.simulator.helping import ask_a_person
from cjm_tracker.simulator.shop import Product
from cjm_tracker.simulator.store_visit import buy_in_store
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import Visit, arrive

_MORE_VISITS_AT_MOST = 7
_PAUSE_DAYS = 0.9


def shop(story: Story, goal: Product) -> Purchase | None:
    """Go after one product; what was bought in the end, if anything."""
    persona = story.customer.persona
    to_store = story.customer.lives_near_store and story.chance(_store_odds(story))
    if to_store and not story.chance(persona.browses_first):
        return buy_in_store(story, goal)
    for _ in range(_visits_before_last(story)):
        _compare(story, goal)
        if story.over:
            return None
        story.rest(_PAUSE_DAYS, WEB)
    if story.chance(persona.asks_advice):
        story.hurry(5, CALLS)
        call(story, "product_advice")
        story.rest(0.5, WEB)
    return _decide(story, goal, to_store)


def _store_odds(story: Story) -> float:
    """Strangers seldom come all the way to a store; most who do have been there before."""
    odds = story.customer.persona.prefers_store
    return odds if story.customer.account else odds / 5


def _visits_before_last(story: Story) -> int:
    more = story.customer.persona.visits - 1
    if story.customer.account is None:
        more /= 3  # most strangers come once
    return min(_MORE_VISITS_AT_MOST, int(story.rng.expovariate(1 / more))) if more else 0


def _compare(story: Story, goal: Product) -> None:
    """One visit that only looks: the cart is left behind."""
    visit = arrive(story, _habit(story))
    look_around(visit, goal)
    if story.chance(0.3):
        fill_cart(visit, Cart(story.world.hexadecimal(8)), goal)
    if story.chance(0.1):
        visit.page("Loyalty Programme")
    visit.leave()


def _decide(story: Story, goal: Product, to_store: bool) -> Purchase | None:
    persona = story.customer.persona
    visit = arrive(story, _habit(story))
    look_around(visit, goal)
    if story.chance(0.25):
        visit.sign_in()
    if to_store:
        visit.page("Store Locator")
        visit.leave()
        return buy_in_store(story, goal) if not story.chance(persona.abandons / 2) else None
    cart = Cart(story.world.hexadecimal(8))
    fill_cart(visit, cart, goal)
    stays = bool(cart.lines) and story.customer.account is not None
    if stays and not story.chance(persona.abandons):
        return _pay(visit, cart)
    visit.leave()
    return _reminded(story, goal) if stays and story.chance(0.3) else None


def _reminded(story: Story, goal: Product) -> Purchase | None:
    """An e-mail about the forgotten cart brings some back."""
    story.rest(1.5, WEB)
    visit = read_newsletter(story, REMINDER)
    if visit is None:
        return None
    if not story.chance(0.35):
        visit.leave()
        return None
    cart = Cart(story.world.hexadecimal(8))
    look_around(visit, goal)
    cart.add(goal)
    return _pay(visit, cart)


def _pay(visit: Visit, cart: Cart) -> Purchase | None:
    story = visit.story
    purchase = check_out(visit, cart)
    if purchase:
        visit.leave()
        return purchase
    if not story.chance(0.6):
        visit.leave()
        return None
    solved = ask_a_person(visit, "order_question")
    if not (solved and story.chance(0.6)):
        return None
    story.hurry(5, WEB)
    again = arrive(story, "service")
    again.page("Home")
    view_cart(again, cart)
    purchase = check_out(again, cart)
    again.leave()
    return purchase


def _habit(story: Story) -> str:
    if not any(act.source == "website" for act in story.acts):
        return "new"
    return "subscriber" if story.customer.account else "returning"
