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
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    amount,
    attributes,
    checked,
    event_id,
    instant,
    json_object,
    plain,
)

IDENTITY_CALLS = ("identify", "alias", "group")

# Traits by their usual spellings; the spec names only email and phone.
TRAIT_KINDS = {
    "email": "email",
    "phone": "phone",
    "loyaltyCard": "loyalty_card",
    "loyalty_card": "loyalty_card",
    "customerNumber": "customer_number",
    "customer_number": "customer_number",
}


class Page(Payload):
    path: str | None = None
    url: str | None = None
    referrer: str | None = None
    title: str | None = None


class Campaign(Payload):
    name: str | None = None
    source: str | None = None
    medium: str | None = None


class Context(Payload):
    page: Page = Page()
    campaign: Campaign = Campaign()
    userAgent: str | None = None
    locale: str | None = None
    traits: dict[str, Any] = {}


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
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = Field(default={})


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One message is one event; a message that only says who is who is marked as that."""
    message = checked(Message, json_object(record.value))
    event = Event(
        event_id=event_id(message.messageId, "messageId"),
        name=_name(message),
        occurred_at=_occurred_at(message),
        identifiers=tuple(_identifiers(message)),
        attributes=_attributes(message),
        drop_reason="identity_only" if message.type in IDENTITY_CALLS else "",
    )
    _add_money(event, message.properties)
    event.comment = plain(message.properties.get("review_body"))[:MAX_COMMENT]
    return [event]


def _name(message: Message) -> str:
    if message.type == "track":
        if not message.event:
            raise InvalidRecord("missing_field", "event: a track call needs one")
        return message.event
    return message.name or message.category or message.type


def _occurred_at(message: Message) -> int:
    for field in ("timestamp", "originalTimestamp", "sentAt", "receivedAt"):
        if written := getattr(message, field):
            return instant(written, field)
    raise InvalidRecord("missing_field", "timestamp: no clock on the message")


def _identifiers(message: Message) -> list[Identifier]:
    found: list[tuple[str, object]] = [
        ("user_id", message.userId),
        ("cookie", message.anonymousId),
    ]
    if message.type == "alias" and message.previousId:
        found.append(("cookie", message.previousId))
    traits = {**message.context.traits, **message.traits} if message.type != "group" else {}
    found += [(kind, traits.get(name)) for name, kind in TRAIT_KINDS.items()]
    return [Identifier(kind, value) for kind, given in found if (value := plain(given))]


def _attributes(message: Message) -> dict[str, str]:
    page, campaign = message.context.page, message.context.campaign
    properties = message.properties
    return attributes(
        call=message.type,
        category=message.category or properties.get("category"),
        path=page.path or _path(properties.get("url") or page.url),
        referrer_host=_host(page.referrer),
        campaign=campaign.name,
        utm_source=campaign.source,
        utm_medium=campaign.medium,
        user_agent=message.context.userAgent,
        locale=message.context.locale,
        region=message.traits.get("country") or _country(message.context.locale),
        order_id=properties.get("order_id"),
        product=properties.get("name") if message.type == "track" else None,
        coupon=properties.get("coupon"),
        reason=properties.get("reason"),
        topic=properties.get("topic"),
    )


def _country(locale: str | None) -> str | None:
    """`BG` of bg-BG; a locale that names only the language says nothing about the country."""
    named = re.search(r"[-_]([A-Za-z]{2})$", locale or "")
    return named[1] if named else None


def _path(url: object) -> str | None:
    try:
        return urlsplit(str(url)).path if url else None
    except ValueError:
        return None


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _add_money(event: Event, properties: dict[str, Any]) -> None:
    """`revenue` is what the shop earns; `total` with tax and shipping stands in for it."""
    given = properties.get("revenue")
    if given is None:
        given = properties.get("total")
    if isinstance(given, (int, float, str, Decimal)) and not isinstance(given, bool):
        event.value = amount(given, "properties.revenue")
        event.currency = plain(properties.get("currency"))[:3].upper()


FORMAT = Format(
    name="segment",
    source="website",
    summary="Segment / RudderStack spec, JSON, one message a record",
    frames=framing.json_documents,
    parse=parse,
)
