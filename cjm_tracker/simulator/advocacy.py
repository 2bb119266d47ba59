"""Loyalty and advocacy: newsletters read, products reviewed and shared, friends referred."""

from __future__ import annotations

from cjm_tracker.simulator.acts import Json
from cjm_tracker.simulator.browsing import view
from cjm_tracker.simulator.cart import Purchase
from cjm_tracker.simulator.clock import WEB
from cjm_tracker.simulator.entries import NEWSLETTER, Entry
from cjm_tracker.simulator.phrases import compose
from cjm_tracker.simulator.shop import HOST, PRODUCTS, Product
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import Visit, arrive

_DELIGHTED, _ANGRY = 0.4, -0.4


def speak_up(story: Story, purchase: Purchase) -> None:
    """Tell others: the delighted recommend, the angry warn, the rest keep quiet."""
    feeling = story.mood.feeling
    if feeling > _DELIGHTED and story.chance(0.4):
        story.rest(4, WEB)
        _recommend(story, purchase.product)
    elif feeling < _ANGRY and story.chance(0.25):
        story.rest(2, WEB)
        visit = _back_on_product(story, purchase.product)
        _review(visit, purchase.product, "bad")
        visit.leave()


def read_newsletter(story: Story, entry: Entry = NEWSLETTER) -> Visit | None:
    """Open the site from a link in an e-mail, which says whose e-mail it was."""
    account = story.customer.account
    if account is None:
        return None
    visit = Visit(story, story.customer.devices[0], entry)
    visit.go("/offers", "Offers")
    properties: Json = {
        "campaign_name": entry.campaign["name"],
        "email_subject": "Fresh ideas for your garden",
        "link_url": f"https://{HOST}/offers",
    }
    visit.track("Email Link Clicked", properties, [("email", account.email)])
    if story.chance(0.5):
        view(visit, story.rng.choice(PRODUCTS))
    return visit


def _recommend(story: Story, product: Product) -> None:
    visit = _back_on_product(story, product)
    if story.chance(0.6):
        _review(visit, product, "good")
    if story.chance(0.3):
        via = story.rng.choice(("whatsapp", "viber", "telegram", "email"))
        visit.track("Product Shared", {"share_via": via, "product_id": str(product.number)})
    if story.chance(0.35):
        visit.page("Loyalty Programme")
        code = f"FRIEND{story.world.number('referral')}"
        visit.track("Referral Sent", {"referral_code": code, "share_via": "email"})
    visit.leave()


def _back_on_product(story: Story, product: Product) -> Visit:
    visit = arrive(story, "subscriber")
    visit.sign_in()
    view(visit, product)
    return visit


def _review(visit: Visit, product: Product, tone: str) -> None:
    story = visit.story
    stars = story.rng.choice((4, 5, 5)) if tone == "good" else story.rng.choice((1, 1, 2))
    visit.track(
        "Product Reviewed",
        {
            "product_id": str(product.number),
            "review_id": f"R{story.world.number('review')}",
            "review_body": compose(story.rng, story.customer.language, tone, "product"),
            "rating": stars,
        },
    )
