"""Orders, refunds and abandoned checkouts of a Shopify shop, on the web or at the till.

Source: the REST Admin API and its webhooks; lists (`{"orders": […]}`), single ones
(`{"order": {…}}`) or the bare resource, as webhooks send it and known by its fields. Touchpoints:

- `order`: bought, on the web or in a store (`sales_channel` is `pos`). Clock `processed_at`, when
  it was placed, else `created_at`, which an imported order has later. Value `total_price`.
- `refund`: gave back, its value negative. An order repeats its refunds: they are the same ones,
  and those stand, because the order knows the customer.
- `checkout`: begun and not paid. `cart`: something was put into it. Clocks `created_at` and
  `updated_at`. A cart's token is the cookie that joins cart, checkout and order.

A customer says who is who. Dropped, too, are orders that were never paid (voided), test orders,
and what else a shop sends of itself: locations, parcels, gift cards, the money side of an order.
Event id: kind and `id`, a cart's `token`. Revision: `updated_at`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    Payload,
    amount,
    attributes,
    checked,
    event_id,
    instant,
    json_object,
    plain,
    revision,
)
from cjm_tracker.sources.urls import ARRIVAL, campaign_in, host_of, path_of

Key = int | str
Amount = str | int | float


class Address(Payload):
    country_code: str | None = None


class Customer(Payload):
    """The fields of a customer this tracker reads."""

    id: Key
    email: str | None = None
    phone: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Discount(Payload):
    code: str | None = None


class Client(Payload):
    user_agent: str | None = None


class Transaction(Payload):
    amount: Amount
    kind: str | None = None
    status: str | None = None
    currency: str | None = None


class Adjustment(Payload):
    amount: Amount | None = None


class RefundLine(Payload):
    subtotal: Amount | None = None
    total_tax: Amount | None = None


class Refund(Payload):
    """The fields of a refund this tracker reads."""

    id: Key
    order_id: Key | None = None
    created_at: str
    processed_at: str | None = None
    refund_line_items: list[RefundLine] = []
    transactions: list[Transaction] = []
    order_adjustments: list[Adjustment] = []


class Cart(Payload):
    """The fields of a cart this tracker reads."""

    token: str
    updated_at: str
    created_at: str | None = None
    line_items: list[Any] = []


class Checkout(Payload):
    """What orders and checkouts share."""

    id: Key
    created_at: str
    updated_at: str | None = None
    total_price: Amount
    currency: str | None = None
    email: str | None = None
    phone: str | None = None
    cart_token: str | None = None
    source_name: str | None = None
    landing_site: str | None = None
    referring_site: str | None = None
    customer_locale: str | None = None
    location_id: Key | None = None
    gateway: str | None = None
    discount_codes: list[Discount] = []
    line_items: list[Any] = []
    billing_address: Address | None = None
    customer: Customer | None = None
    completed_at: str | None = None


class Order(Checkout):
    """The fields of an order this tracker reads."""

    name: str | None = None
    processed_at: str | None = None
    cancelled_at: str | None = None
    cancel_reason: str | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    test: bool | None = None
    client_details: Client | None = None
    refunds: list[Refund] = []


class Other(Payload):
    """A resource that is no contact."""

    id: Key
    created_at: str | None = None
    processed_at: str | None = None
    updated_at: str | None = None


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """Each resource of the record is an event; an order brings its refunds along."""
    document = json_object(record.value)
    found = [] if "id" in document else list(_enveloped(document))  # an order has refunds itself
    return [event for kind, one in found or [_bare(document)] for event in _events(kind, one)]


def _events(kind: str, resource: dict[str, Any]) -> Iterator[Event]:
    if read := READERS.get(kind):
        yield from read(resource)
    else:
        yield _other(kind, checked(Other, resource))


def _enveloped(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What pages and envelopes hold, each with its kind."""
    for kind in KINDS:
        page, single = document.get(f"{kind}s"), document.get(kind)
        for one in page if isinstance(page, list) else ():
            if not isinstance(one, dict):
                raise InvalidRecord("wrong_layout", f"{kind}s: objects are expected")
            yield kind, one
        if isinstance(single, dict) and len(document) == 1:
            yield kind, single


def _bare(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A resource as webhooks send it, known by its fields."""
    for kind, fields in MARKS.items():
        if fields <= document.keys():
            return kind, document
    raise InvalidRecord("wrong_layout", "no order, refund, checkout or other resource of a shop")


def _order(resource: dict[str, Any]) -> Iterator[Event]:
    order = checked(Order, resource)
    event = _bought("order", order, order.processed_at or order.created_at)
    event.outcome = "cancelled" if order.cancelled_at else order.financial_status or ""
    event.attributes |= attributes(
        order_number=order.name,
        status=order.financial_status,
        fulfillment=order.fulfillment_status,
        reason=order.cancel_reason,
        user_agent=order.client_details.user_agent if order.client_details else None,
    )
    event.drop_reason = "not_a_contact" if order.test else "voided_sale" if _is_void(order) else ""
    yield event
    for refund in order.refunds:
        yield _gave_back(refund, order, event)


def _is_void(order: Order) -> bool:
    unpaid = order.financial_status in ("pending", "authorized", "expired")
    return order.financial_status == "voided" or bool(order.cancelled_at and unpaid)


def _checkout(resource: dict[str, Any]) -> Iterator[Event]:
    checkout = checked(Checkout, resource)
    event = _bought("checkout", checkout, checkout.created_at)
    event.outcome = "completed" if checkout.completed_at else "abandoned"
    yield event


def _bought(kind: str, order: Checkout, placed: str) -> Event:
    return Event(
        event_id=_id(kind, order.id),
        name=kind,
        occurred_at=instant(placed, "created_at"),
        identifiers=tuple(_identifiers(order)),
        attributes=attributes(
            order_id=order.id if kind == "order" else None,
            sales_channel=order.source_name,
            store=order.location_id,
            payment=order.gateway,
            coupon=order.discount_codes[0].code if order.discount_codes else None,
            lines=len(order.line_items) or None,
            locale=order.customer_locale,
            region=order.billing_address.country_code if order.billing_address else None,
            referrer_host=host_of(order.referring_site or ""),
            path=path_of(order.landing_site),
            **campaign_in((order.landing_site or "").partition("?")[2]),
        ),
        value=amount(order.total_price, "total_price"),
        currency=_currency(order.currency),
        revision=revision(order.updated_at, "updated_at"),
    )


def _refund(resource: dict[str, Any]) -> Iterator[Event]:
    yield _gave_back(checked(Refund, resource))


def _gave_back(refund: Refund, order: Order | None = None, bought: Event | None = None) -> Event:
    number = refund.order_id or (order.id if order else None)
    return Event(
        event_id=_id("refund", refund.id),
        name="refund",
        occurred_at=instant(refund.processed_at or refund.created_at, "created_at"),
        identifiers=bought.identifiers if bought else (),
        attributes=attributes(
            order_id=number,
            lines=len(refund.refund_line_items) or None,
            sales_channel=order.source_name if order else None,
        ),
        outcome="refunded",
        value=-_refunded(refund),
        currency=_currency(
            next((paid.currency for paid in refund.transactions if paid.currency), None)
            or (order.currency if order else None)
        ),
        revision=1 if order else 0,
        drop_reason=bought.drop_reason if bought else "",
    )


def _refunded(refund: Refund) -> Decimal:
    """What was paid back; where no payment is told, what the lines come to."""
    paid = [one.amount for one in refund.transactions if one.kind in (None, "refund")]
    lines = [part for line in refund.refund_line_items for part in (line.subtotal, line.total_tax)]
    sums = paid or [part for part in lines if part is not None]
    total = sum((amount(one, "transactions.amount") for one in sums), Decimal(0))
    return amount(total, "transactions.amount")


def _cart(resource: dict[str, Any]) -> Iterator[Event]:
    cart = checked(Cart, resource)
    yield Event(
        event_id=_id("cart", cart.token),
        name="cart",
        occurred_at=instant(cart.updated_at, "updated_at"),
        identifiers=(Identifier("cookie", cart.token),),
        attributes=attributes(lines=len(cart.line_items)),
        revision=revision(cart.updated_at, "updated_at"),
    )


def _customer(resource: dict[str, Any]) -> Iterator[Event]:
    customer = checked(Customer, resource)
    if not (known := customer.created_at or customer.updated_at):
        raise InvalidRecord("missing_field", "created_at: no clock on the customer")
    yield Event(
        event_id=_id("customer", customer.id),
        name="customer",
        occurred_at=instant(known, "created_at"),
        identifiers=tuple(_of_customer(customer)),
        revision=revision(customer.updated_at, "updated_at"),
        drop_reason="identity_only",
    )


def _other(kind: str, resource: Other) -> Event:
    clock = resource.created_at or resource.processed_at or resource.updated_at
    if not clock:
        raise InvalidRecord("missing_field", "created_at: no clock on the resource")
    return Event(
        event_id=_id(kind, resource.id),
        name=kind,
        occurred_at=instant(clock, "created_at"),
        revision=revision(resource.updated_at, "updated_at"),
        drop_reason="not_a_contact",
    )


def _identifiers(order: Checkout) -> list[Identifier]:
    found = [
        *(_of_customer(order.customer) if order.customer else ()),
        Identifier("email", order.email or ""),
        Identifier("phone", order.phone or ""),
        Identifier("cookie", order.cart_token or ""),
    ]
    return [one for one in dict.fromkeys(found) if one.value]


def _of_customer(customer: Customer) -> list[Identifier]:
    found = [
        Identifier("user_id", plain(customer.id)),
        Identifier("email", customer.email or ""),
        Identifier("phone", customer.phone or ""),
    ]
    return [one for one in found if one.value]


def _id(kind: str, key: Key) -> str:
    return f"shopify/{kind}/{event_id(str(key), 'id')}"


def _currency(written: str | None) -> str:
    return (written or "")[:3].upper()


READERS: dict[str, Callable[[dict[str, Any]], Iterator[Event]]] = {
    "order": _order,
    "checkout": _checkout,
    "refund": _refund,
    "cart": _cart,
    "customer": _customer,
}
OTHERS = (
    "fulfillment", "gift_card", "draft_order", "location", "event", "transaction",
    "tender_transaction",
)  # fmt: skip
KINDS = (*READERS, *OTHERS)
# By which fields a bare resource is known, as webhooks send it.
MARKS = {
    "checkout": {"abandoned_checkout_url", "total_price"},
    "draft_order": {"invoice_url", "applied_discount"},
    "order": {"id", "financial_status", "total_price"},
    "refund": {"refund_line_items", "order_id"},
    "customer": {"id", "verified_email"},
    "cart": {"token", "line_items", "updated_at"},
    "fulfillment": {"id", "tracking_numbers", "order_id"},
    "transaction": {"id", "kind", "parent_id", "order_id"},
}

ATTRIBUTES = (
    "order_id", "order_number", "sales_channel", "store", "payment", "coupon", "lines", "locale",
    "region", "referrer_host", "path", *ARRIVAL, "status", "fulfillment", "reason", "user_agent",
)  # fmt: skip

FORMAT = Format(
    name="shopify",
    source="store",
    summary="Shopify orders, refunds, checkouts, carts and customers, JSON, API or webhooks",
    frames=framing.json_items(*(f"{kind}s" for kind in KINDS)),
    parse=parse,
    event_id="kind and id, the same for every state of it; a cart's token",
    clock="processed_at, else created_at: when it was placed",
    identifiers=("user_id", "email", "phone", "cookie"),
    attributes=ATTRIBUTES,
    gives=("outcome", "value", "revision"),
    drops=("identity_only", "voided_sale", "not_a_contact"),
)
