"""Going to a store: the kiosk in the hall, the till, the loyalty card or somebody else's."""

from __future__ import annotations

from datetime import timedelta

from cjm_tracker.simulator import surveys
from cjm_tracker.simulator.acts import Sale, TillLine
from cjm_tracker.simulator.browsing import view
from cjm_tracker.simulator.cart import Cart, Purchase
from cjm_tracker.simulator.clock import STORE
from cjm_tracker.simulator.entries import DIRECT
from cjm_tracker.simulator.shop import STORES, Product, Store
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import Visit

_SHOWS_CARD = 0.9
_OUT_OF_STOCK = 0.06
_LIKES_STORE = 0.7
_TENDERS = {"CreditDebit": 72, "Cash": 28}


def buy_in_store(story: Story, goal: Product) -> Purchase | None:
    """Go to a store and buy the product there, if it is on the shelf."""
    story.rest(0.8, STORE)
    store = story.rng.choice(STORES)
    if story.world.dirty and story.customer.account and story.chance(0.12):
        _use_kiosk(story, store, goal)
    if story.chance(_OUT_OF_STOCK):
        story.mood.hurt(0.4, "store")
        return None
    cart = Cart("")
    cart.add(goal)
    card = _pay(story, store, cart.till_lines)
    if story.chance(_LIKES_STORE):
        story.mood.please(0.25, "store")
    else:
        story.mood.hurt(0.15, "store")
    account = story.customer.account
    purchase = Purchase(
        cart, story.now, None, recognised=bool(account and card and card == account.loyalty_card)
    )
    surveys.after_store_visit(story, purchase)
    return purchase


def return_in_store(story: Story, product: Product) -> None:
    """Bring a product back to the till."""
    story.rest(1.5, STORE)
    _pay(story, story.rng.choice(STORES), (TillLine(product, 1, returned=True),))


def _pay(story: Story, store: Store, lines: tuple[TillLine, ...]) -> str | None:
    """Ring up the lines; the loyalty card that was shown, if any."""
    rng = story.rng
    story.tick(900)
    card = _card(story)
    cents = sum(line.product.cents * line.quantity for line in lines if not line.returned)
    sale = Sale(
        at=story.now.replace(microsecond=0),
        lag=timedelta(seconds=5),
        customer=story.customer,
        event_id=story.world.uuid(),  # the till replaces it by its own number
        store=store,
        till=rng.choice(store.tills),
        lines=lines,
        discount=cents * 3 // 100 if card else 0,
        tender=rng.choices(list(_TENDERS), list(_TENDERS.values()))[0],
        duration=timedelta(seconds=rng.randrange(40, 240)),
        card=card,
    )
    story.keep(sale)
    return card


def _card(story: Story) -> str | None:
    customer = story.customer
    own = customer.account.loyalty_card if customer.account else None
    card = own or customer.borrowed_card
    return card if card and story.chance(_SHOWS_CARD) else None


def _use_kiosk(story: Story, store: Store, goal: Product) -> None:
    """Look a product up on the screen in the hall, signed in, as so many did before."""
    visit = Visit(story, story.world.kiosks[store.number], DIRECT)
    visit.page("Kiosk")
    visit.sign_in()
    view(visit, goal)
    visit.track("Signed Out", {})
