"""From the cart to a paid order on the website, or to a payment that will not go through."""

from __future__ import annotations

from cjm_tracker.simulator.acts import Json
from cjm_tracker.simulator.browsers import BROKEN_BROWSER
from cjm_tracker.simulator.cart import Cart, Purchase
from cjm_tracker.simulator.shop import COUPONS, CURRENCY, HOST
from cjm_tracker.simulator.visit import Visit

_USUAL_FAILURE, _BROKEN_FAILURE = 0.03, 0.75
_PAYMENTS = {"card": 78, "bank_transfer": 8, "cash_on_delivery": 14}


def check_out(visit: Visit, cart: Cart) -> Purchase | None:
    """Pay for the cart; None when the payment failed and the customer gave up."""
    story, account = visit.story, visit.story.customer.account
    if account is None:
        return None
    _name_oneself(visit)
    order_id = f"LL{500_000 + story.world.number('order')}"
    visit.go("/checkout", "Checkout")
    visit.track("Checkout Started", _order(order_id, cart))
    if story.chance(story.customer.persona.coupons):
        _use_coupon(visit, order_id, cart)
    payment = story.rng.choices(list(_PAYMENTS), list(_PAYMENTS.values()))[0]
    details: Json = {"order_id": order_id, "payment_method": payment, "shipping_method": "courier"}
    visit.track("Payment Info Entered", details)
    if not _pay(visit, details):
        return None
    visit.go("/checkout/thanks", "Thank you")
    paid_at = story.now
    visit.track("Order Completed", _order(order_id, cart))
    return Purchase(cart, paid_at, order_id)


def _name_oneself(visit: Visit) -> None:
    """Sign in, or leave an e-mail address and a phone number as a guest."""
    account = visit.story.customer.account
    if account is None or visit.login:
        return
    if visit.story.chance(0.8):
        visit.sign_in()
    else:
        visit.identify(account)


def _use_coupon(visit: Visit, order_id: str, cart: Cart) -> None:
    cart.coupon = visit.story.rng.choice(list(COUPONS))
    visit.track(
        "Coupon Applied",
        {
            "order_id": order_id,
            "cart_id": cart.id,
            "coupon_id": cart.coupon,
            "discount": cart.discount / 100,
        },
    )
    visit.story.mood.please(0.08, "price")


def _pay(visit: Visit, details: Json) -> bool:
    story = visit.story
    for _ in range(3):
        if not story.chance(_failure(visit, details)):
            return True
        visit.track("Payment Failed", {**details, "error_code": "3ds_timeout"})
        story.mood.hurt(0.45, "site_error")
        if not story.chance(0.45):
            return False
        visit.track("Payment Info Entered", details)
    return False


def _failure(visit: Visit, details: Json) -> float:
    if details["payment_method"] != "card":
        return 0.0
    released = visit.story.now >= visit.story.world.checkout_breaks_at
    broken = released and visit.device.browser.name == BROKEN_BROWSER
    return _BROKEN_FAILURE if broken else _USUAL_FAILURE


def _order(order_id: str, cart: Cart) -> Json:
    revenue = (cart.cents - cart.discount) / 100
    order: Json = {
        "order_id": order_id,
        "affiliation": HOST,
        "total": revenue,
        "revenue": revenue,
        "shipping": 0.0,
        "discount": cart.discount / 100,
        "currency": CURRENCY,
        "products": cart.products,
    }
    if cart.coupon:
        order["coupon"] = cart.coupon
    return order
