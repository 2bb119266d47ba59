"""Orders and refunds of a WooCommerce shop.

Source: the WooCommerce REST API, version 3, whose resources its webhooks send as they are, single
or as a list; which one it is, is known by its fields. Touchpoints:

- `order`: bought. Value `total`. An order not yet sent off (`checkout-draft`) is a `checkout`.
- `refund`: gave back, its value negative; it names neither customer nor currency, but by its
  links the order. An order lists its refunds without a clock: they are left to the records of
  their own.

A customer says who is who. Dropped, too, are orders that failed or were cancelled before payment,
and the shop's own webhooks. Event id: kind and `id`. Revision: `date_modified_gmt`.
Clock: `date_created_gmt`, when it was placed, in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    amount,
    attributes,
    checked,
    instant,
    json_object,
    plain,
    revision,
)
from cjm_tracker.sources.urls import host_of

Amount = str | int | float
UNPAID = ("failed", "cancelled", "trash")
# Where WooCommerce keeps how the customer came by.
ATTRIBUTION = "_wc_order_attribution_"


class Resource(Payload):
    """What all of them have."""

    id: int
    date_created_gmt: str
    date_modified_gmt: str | None = None


class Billing(Payload):
    email: str | None = None
    phone: str | None = None
    country: str | None = None


class Meta(Payload):
    key: str | None = None
    value: Any = None


class Coupon(Payload):
    code: str | None = None


class Order(Resource):
    """The fields of an order this tracker reads."""

    status: str
    total: Amount
    currency: str | None = None
    number: str | None = None
    created_via: str | None = None
    customer_id: int | None = None
    customer_ip_address: str | None = None
    customer_user_agent: str | None = None
    customer_note: str | None = None
    payment_method: str | None = None
    date_paid_gmt: str | None = None
    billing: Billing = Billing()
    line_items: list[Any] = []
    coupon_lines: list[Coupon] = []
    meta_data: list[Meta] = []


class Link(Payload):
    href: str | None = None


class Links(Payload):
    up: list[Link] = []


class Refund(Resource):
    """The fields of a refund this tracker reads."""

    amount: Amount
    reason: str | None = None
    parent_id: int | None = None
    line_items: list[Any] = []
    links: Links = Links()


class Customer(Resource):
    """The fields of a customer this tracker reads."""

    email: str | None = None
    billing: Billing = Billing()


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One resource is one event."""
    document = json_object(record.value)
    for fields, read in READERS:
        if fields <= document.keys():
            return [read(document)]
    raise InvalidRecord("wrong_layout", "no order, refund, customer or webhook of a shop")


def _order(document: dict[str, Any]) -> Event:
    order = checked(Order, document)
    origin = {
        meta.key.removeprefix(ATTRIBUTION): plain(meta.value)
        for meta in order.meta_data
        if meta.key and meta.key.startswith(ATTRIBUTION)
    }
    unpaid = order.status in UNPAID and not order.date_paid_gmt
    return Event(
        event_id=_id("order", order),
        name="checkout" if order.status == "checkout-draft" else "order",
        occurred_at=_placed(order),
        identifiers=_identifiers(
            ("user_id", str(order.customer_id or "")),  # 0: bought as a guest
            ("email", order.billing.email),
            ("phone", order.billing.phone),
            ("ip", order.customer_ip_address),
        ),
        attributes=attributes(
            order_id=order.id,
            order_number=order.number,
            sales_channel=order.created_via,
            status=order.status,
            payment=order.payment_method,
            coupon=order.coupon_lines[0].code if order.coupon_lines else None,
            lines=len(order.line_items),
            region=order.billing.country,
            user_agent=order.customer_user_agent,
            campaign=origin.get("utm_campaign"),
            utm_source=origin.get("utm_source"),
            utm_medium=origin.get("utm_medium"),
            referrer_host=host_of(origin.get("referrer") or ""),
        ),
        outcome=order.status,
        value=amount(order.total, "total"),
        currency=(order.currency or "")[:3].upper(),
        comment=(order.customer_note or "")[:MAX_COMMENT],
        revision=_changed(order),
        drop_reason="voided_sale" if unpaid else "",
    )


def _refund(document: dict[str, Any]) -> Event:
    refund = checked(Refund, {**document, "links": document.get("_links") or {}})
    return Event(
        event_id=_id("refund", refund),
        name="refund",
        occurred_at=_placed(refund),
        attributes=attributes(
            order_id=refund.parent_id or _order_of(refund.links), lines=len(refund.line_items)
        ),
        outcome="refunded",
        value=-abs(amount(refund.amount, "amount")),
        comment=(refund.reason or "")[:MAX_COMMENT],
        revision=_changed(refund),
    )


def _customer(document: dict[str, Any]) -> Event:
    customer = checked(Customer, document)
    return Event(
        event_id=_id("customer", customer),
        name="customer",
        occurred_at=_placed(customer),
        identifiers=_identifiers(
            ("user_id", str(customer.id)),
            ("email", customer.email or customer.billing.email),
            ("phone", customer.billing.phone),
        ),
        attributes=attributes(region=customer.billing.country),
        revision=_changed(customer),
        drop_reason="identity_only",
    )


def _webhook(document: dict[str, Any]) -> Event:
    webhook = checked(Resource, document)
    return Event(
        event_id=_id("webhook", webhook),
        name="webhook",
        occurred_at=_placed(webhook),
        revision=_changed(webhook),
        drop_reason="not_a_contact",
    )


def _id(kind: str, resource: Resource) -> str:
    return f"woocommerce/{kind}/{resource.id}"


def _placed(resource: Resource) -> int:
    return instant(resource.date_created_gmt, "date_created_gmt", UTC)


def _changed(resource: Resource) -> int:
    return revision(resource.date_modified_gmt, "date_modified_gmt", UTC)


def _identifiers(*found: tuple[str, str | None]) -> tuple[Identifier, ...]:
    return tuple(Identifier(kind, value) for kind, value in found if value)


def _order_of(links: Links) -> str | None:
    """The order a refund belongs to: the end of the address of what is above it."""
    found = re.search(r"/orders/([0-9]+)$", (links.up[0].href or "") if links.up else "")
    return found[1] if found else None


# By which fields a resource is known.
READERS: tuple[tuple[set[str], Callable[[dict[str, Any]], Event]], ...] = (
    ({"order_key", "total"}, _order),
    ({"amount", "refunded_by"}, _refund),
    ({"is_paying_customer", "email"}, _customer),
    ({"delivery_url", "topic"}, _webhook),
)

ATTRIBUTES = (
    "order_id", "order_number", "sales_channel", "status", "payment", "coupon", "lines", "region",
    "user_agent", "campaign", "utm_source", "utm_medium", "referrer_host",
)  # fmt: skip

FORMAT = Format(
    name="woocommerce",
    source="store",
    summary="WooCommerce orders, refunds and customers, JSON, API v3 or webhooks",
    frames=framing.json_documents,
    parse=parse,
    event_id="kind and id, the same for every state of it",
    clock="date_created_gmt: when it was placed",
    identifiers=("user_id", "email", "phone", "ip"),
    attributes=ATTRIBUTES,
    gives=("outcome", "value", "comment", "revision"),
    drops=("identity_only", "voided_sale", "not_a_contact"),
)
