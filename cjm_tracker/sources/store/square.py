"""Payments and refunds at Square's tills and web shops, as its webhooks send them.

Source: "Webhooks" and the objects Payment, Refund and Customer of the Square API. A touchpoint is
one payment (`payment.created`, `payment.updated`) or one refund, whose value is negative; what is
sent again are states of it. Event id: kind and the object's own `id` (`data.id` may differ).
Revision: the object's `updated_at`, for webhooks come in any order. Clock: the object's
`created_at`, when the customer paid; the webhook's own is when it was sent.
Amounts come in the currency's smallest unit. A customer says who is who. Dropped, too, are
payments that failed or were cancelled, refunds that failed or were rejected, and webhooks about
something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.decoder import Decoder
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    amount,
    attributes,
    checked,
    event_id,
    instant,
    revision,
)

# ISO 4217: currencies whose smallest unit is not a hundredth.
EXPONENTS = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
         "VND", "VUV", "XAF", "XOF", "XPF"), 0,
    ),
}  # fmt: skip
VOID = ("CANCELED", "FAILED", "REJECTED")


class Money(Payload):
    amount: int
    currency: str


class Stated(Payload):
    """What all objects have."""

    id: str
    created_at: str
    updated_at: str | None = None


class Refund(Stated):
    """The fields of a refund this tracker reads."""

    amount_money: Money
    status: str | None = None
    order_id: str | None = None
    payment_id: str | None = None
    location_id: str | None = None
    reason: str | None = None


class Payment(Stated):
    """The fields of a payment this tracker reads."""

    total_money: Money
    status: str | None = None
    source_type: str | None = None
    order_id: str | None = None
    location_id: str | None = None
    customer_id: str | None = None
    buyer_email_address: str | None = None
    note: str | None = None


class Customer(Stated):
    """The fields of a customer this tracker reads."""

    email_address: str | None = None
    phone_number: str | None = None


class Data(Payload):
    object: dict[str, Any] = {}


class Webhook(Payload):
    """The outer shape."""

    type: str
    event_id: str
    created_at: str
    data: Data


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One webhook is one state of the object it is about."""
    webhook = webhook_in(record.value)
    kind = webhook.type.partition(".")[0]
    found = webhook.data.object.get(kind)
    if kind in READERS and isinstance(found, dict):
        return [READERS[kind](found)]
    return [
        Event(
            event_id=event_id(webhook.event_id, "event_id"),
            name=webhook.type,
            occurred_at=instant(webhook.created_at, "created_at"),
            drop_reason="not_a_contact",
        )
    ]


def _payment(found: dict[str, Any]) -> Event:
    payment = checked(Payment, found)
    event = _event("payment", payment)
    event.identifiers = _identifiers(
        ("customer_number", payment.customer_id), ("email", payment.buyer_email_address)
    )
    _add_money(event, payment.total_money, payment.status)
    event.attributes = attributes(
        order_id=payment.order_id,
        store=payment.location_id,
        payment=payment.source_type,
        status=payment.status,
    )
    event.comment = (payment.note or "")[:MAX_COMMENT]
    return event


def _refund(found: dict[str, Any]) -> Event:
    refund = checked(Refund, found)
    event = _event("refund", refund)
    _add_money(event, refund.amount_money, refund.status, sign=-1)
    event.attributes = attributes(
        order_id=refund.order_id,
        payment_id=refund.payment_id,
        store=refund.location_id,
        status=refund.status,
    )
    event.comment = (refund.reason or "")[:MAX_COMMENT]
    return event


def _customer(found: dict[str, Any]) -> Event:
    customer = checked(Customer, found)
    event = _event("customer", customer)
    event.identifiers = _identifiers(
        ("customer_number", customer.id),
        ("email", customer.email_address),
        ("phone", customer.phone_number),
    )
    event.drop_reason = "identity_only"
    return event


def _event(kind: str, found: Stated) -> Event:
    return Event(
        event_id=f"square/{kind}/{event_id(found.id, 'id')}",
        name=kind,
        occurred_at=instant(found.created_at, "created_at"),
        revision=revision(found.updated_at, "updated_at"),
    )


def _add_money(event: Event, money: Money, status: str | None, sign: int = 1) -> None:
    currency = money.currency[:3].upper()
    whole = amount(Decimal(money.amount), "amount_money.amount")
    event.value = sign * amount(whole.scaleb(-EXPONENTS.get(currency, 2)), "amount_money.amount")
    event.currency = currency
    event.outcome = (status or "").lower()
    event.drop_reason = "voided_sale" if status in VOID else ""


def _identifiers(*found: tuple[str, str | None]) -> tuple[Identifier, ...]:
    return tuple(Identifier(kind, value) for kind, value in found if value)


webhook_in = Decoder(Webhook)
READERS: dict[str, Callable[[dict[str, Any]], Event]] = {
    "payment": _payment,
    "refund": _refund,
    "customer": _customer,
}

FORMAT = Format(
    name="square",
    source="store",
    summary="Square webhooks of payments, refunds and customers, JSON, one a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="kind and the object's id, the same for every state of it",
    clock="the object's created_at: when the customer paid",
    identifiers=("customer_number", "email", "phone"),
    attributes=("order_id", "payment_id", "store", "payment", "status"),
    gives=("outcome", "value", "comment", "revision"),
    drops=("identity_only", "voided_sale", "not_a_contact"),
)
