"""Website events in Segment's spec (also RudderStack): identify, track, page, screen, group, alias.

Source: the Segment spec, common fields. Event id: `messageId`. Clock: `timestamp`, which Segment
has corrected for the skew of the customer's device; `originalTimestamp`, `sentAt` and
`receivedAt` follow in that order where a library sent the message without it.
Identity calls (identify, alias, group) say who is who: they give links and are no touchpoint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal
from urllib.parse import urlsplit

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.decoder import Decoder
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    amount,
    attributes,
    event_id,
    instant,
    plain,
)

IDENTITY_CALLS = ("identify", "alias", "group")
CLOCKS = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")

# Traits by their usual spellings; the spec names only email and phone.
TRAIT_KINDS = {
    "email": "email",
    "phone": "phone",
    "loyaltyCard": "loyalty_card",
    "loyalty_card": "loyalty_card",
    "customerNumber": "customer_number",
    "customer_number": "customer_number",
}
_traits = attrgetter(*TRAIT_KINDS)
NO_TRAITS = (None,) * len(TRAIT_KINDS)


class Page(Payload):
    path: str | None = None
    url: str | None = None
    referrer: str | None = None


class Campaign(Payload):
    name: str | None = None
    source: str | None = None
    medium: str | None = None


class Traits(Payload):
    """Of a person, or in a group call of a company; the spec leaves their types open."""

    email: Any = None
    phone: Any = None
    loyaltyCard: Any = None
    loyalty_card: Any = None
    customerNumber: Any = None
    customer_number: Any = None
    country: Any = None


class Properties(Payload):
    """Of the event; the spec leaves their types open."""

    category: Any = None
    coupon: Any = None
    currency: Any = None
    name: Any = None
    order_id: Any = None
    reason: Any = None
    revenue: Any = None
    review_body: Any = None
    topic: Any = None
    total: Any = None
    url: Any = None


class Context(Payload):
    page: Page = Page()
    campaign: Campaign = Campaign()
    userAgent: str | None = None
    locale: str | None = None
    traits: Traits = Traits()


class Message(Payload):
    """One call of the spec, by the fields this tracker reads."""

    type: Literal["identify", "track", "page", "screen", "group", "alias"]
    messageId: str
    timestamp: str | None = None
    originalTimestamp: str | None = None
    sentAt: str | None = None
    receivedAt: str | None = None
    anonymousId: str | None = None
    userId: str | int | None = None
    previousId: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    context: Context = Context()
    properties: Properties = Properties()
    traits: Traits = Traits()


message_in = Decoder(Message)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One message is one event; a message that only says who is who is marked as that."""
    message = message_in(record.value)
    event = Event(
        event_id=event_id(message.messageId, "messageId"),
        name=_name(message),
        occurred_at=_occurred_at(message),
        identifiers=tuple(_identifiers(message)),
        attributes=_attributes(message),
        drop_reason="identity_only" if message.type in IDENTITY_CALLS else "",
    )
    _add_money(event, message.properties)
    if message.properties.review_body is not None:
        event.comment = plain(message.properties.review_body)[:MAX_COMMENT]
    return [event]


def _name(message: Message) -> str:
    if message.type == "track":
        if not message.event:
            raise InvalidRecord("missing_field", "event: a track call needs one")
        return message.event
    return message.name or message.category or message.type


def _occurred_at(message: Message) -> int:
    for field in CLOCKS:
        if written := getattr(message, field):
            return instant(written, field)
    raise InvalidRecord("missing_field", "timestamp: no clock on the message")


def _identifiers(message: Message) -> list[Identifier]:
    found: list[tuple[str, Any]] = [("user_id", message.userId), ("cookie", message.anonymousId)]
    if message.type == "alias":
        found.append(("cookie", message.previousId))
    if message.type != "group":
        own, known = _traits(message.traits), _traits(message.context.traits)
        if own != NO_TRAITS or known != NO_TRAITS:
            found += [
                (kind, known[place] if own[place] is None else own[place])
                for place, kind in enumerate(TRAIT_KINDS.values())
            ]
    return [
        Identifier(kind, value)
        for kind, given in found
        if given is not None and (value := plain(given))
    ]


def _attributes(message: Message) -> dict[str, str]:
    page, campaign = message.context.page, message.context.campaign
    properties, locale = message.properties, message.context.locale
    return attributes(
        call=message.type,
        category=message.category or properties.category,
        path=page.path or _path(properties.url or page.url),
        referrer_host=_host(page.referrer) if page.referrer else None,
        campaign=campaign.name,
        utm_source=campaign.source,
        utm_medium=campaign.medium,
        user_agent=message.context.userAgent,
        locale=locale,
        region=message.traits.country or (_country(locale) if locale else None),
        order_id=properties.order_id,
        product=properties.name if message.type == "track" else None,
        coupon=properties.coupon,
        reason=properties.reason,
        topic=properties.topic,
    )


@lru_cache(1_000)
def _country(locale: str) -> str | None:
    """`BG` of bg-BG; a locale that names only the language says nothing about the country."""
    named = re.search(r"[-_]([A-Za-z]{2})$", locale)
    return named[1] if named else None


def _path(url: object) -> str | None:
    try:
        return urlsplit(str(url)).path if url else None
    except ValueError:
        return None


@lru_cache(10_000)
def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _add_money(event: Event, properties: Properties) -> None:
    """`revenue` is what the shop earns; `total` with tax and shipping stands in for it."""
    given = properties.total if properties.revenue is None else properties.revenue
    if given is None or isinstance(given, bool):
        return
    if isinstance(given, (int, float, str, Decimal)):
        event.value = amount(given, "properties.revenue")
        event.currency = plain(properties.currency)[:3].upper()


FORMAT = Format(
    name="segment",
    source="website",
    summary="Segment / RudderStack spec, JSON, one message a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="messageId",
    clock="timestamp, corrected for the device's skew; else originalTimestamp, sentAt, receivedAt",
    identifiers=("user_id", "cookie", "email", "phone", "loyalty_card", "customer_number"),
    gives=("value", "comment"),
    drops=("identity_only",),
)
