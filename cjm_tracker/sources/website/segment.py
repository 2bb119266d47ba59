"""Website events in Segment's spec (also RudderStack): identify, track, page, screen, group, alias.

Source: the Segment spec, common fields. Event id: `messageId`. Clock: `timestamp`, which Segment
has corrected for the skew of the customer's device; `originalTimestamp`, `sentAt` and
`receivedAt` follow in that order where a library sent the message without it.
Identity calls (identify, alias, group) say who is who: they give links and are no touchpoint.
What libraries send to Segment is read, too: a `batch` is one record with many messages, and one
that cannot be understood makes a dead letter of them all. The spec's own examples of e-mail and
chat write `action` for `type` and `user_id` for `userId`; so do some of those who follow it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, get_args

from cjm_tracker.errors import InvalidRecord
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
    in_batch,
    instant,
    json_object,
    plain,
)
from cjm_tracker.sources.urls import ARRIVAL, click_id_in, host_of, path_of

Call = Literal["identify", "track", "page", "screen", "group", "alias"]
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
    term: str | None = None
    content: str | None = None


class Device(Payload):
    id: str | None = None


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

    # Of a push notification or an install, an object.
    campaign: dict[str, Any] | Any = None
    campaign_name: Any = None
    category: Any = None
    conversation_id: Any = None
    coupon: Any = None
    currency: Any = None
    message_body: Any = None
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
    device: Device | None = None
    groupId: str | int | None = None
    userAgent: str | None = None
    user_agent: str | None = None
    locale: str | None = None
    traits: Traits = Traits()


class Message(Payload):
    """One call of the spec, by the fields this tracker reads."""

    type: Call | None = None
    action: Any = None
    messageId: str = ""
    timestamp: str | None = None
    originalTimestamp: str | None = None
    sentAt: str | None = None
    receivedAt: str | None = None
    anonymousId: str | None = None
    userId: str | int | None = None
    user_id: str | int | None = None
    groupId: str | int | None = None
    previousId: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    context: Context = Context()
    properties: Properties = Properties()
    traits: Traits = Traits()
    batch: Any = None


message_in = Decoder(Message)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One message is one event; a message that only says who is who is marked as that."""
    message = message_in(record.value)
    if message.batch is None:
        return [_event(message)]
    shared = in_batch(json_object(record.value), "context", "sentAt")
    return [_event(checked(Message, one)) for one in shared]


def _event(message: Message) -> Event:
    call = message.type or _call(message)
    event = Event(
        event_id=event_id(message.messageId, "messageId"),
        name=_name(message, call),
        occurred_at=_occurred_at(message),
        identifiers=tuple(_identifiers(message, call)),
        attributes=_attributes(message, call),
        drop_reason="identity_only" if call in IDENTITY_CALLS else "",
    )
    properties = message.properties
    _add_money(event, properties)
    if properties.review_body is not None or properties.message_body is not None:
        said = plain(properties.review_body) or plain(properties.message_body)
        event.comment = said[:MAX_COMMENT]
    return event


def _call(message: Message) -> str:
    if message.action in get_args(Call):
        return str(message.action)
    if message.action is None:
        raise InvalidRecord("missing_field", "type: which call is it?")
    raise InvalidRecord("bad_field", "action: no call of the spec")


def _name(message: Message, call: str) -> str:
    if call == "track":
        if not message.event:
            raise InvalidRecord("missing_field", "event: a track call needs one")
        return message.event
    return message.name or message.category or call


def _occurred_at(message: Message) -> int:
    for field in CLOCKS:
        if written := getattr(message, field):
            return instant(written, field)
    raise InvalidRecord("missing_field", "timestamp: no clock on the message")


def _identifiers(message: Message, call: str) -> list[Identifier]:
    context = message.context
    found: list[tuple[str, Any]] = [
        ("user_id", message.user_id if message.userId is None else message.userId),
        ("cookie", message.anonymousId),
    ]
    if context.device is not None:
        found.append(("device", context.device.id))
    if (account := message.groupId or context.groupId) is not None:
        found.append(("account", account))
    if call == "alias":
        found.append(("cookie", message.previousId))
    if call != "group":
        own, known = _traits(message.traits), _traits(context.traits)
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


def _attributes(message: Message, call: str) -> dict[str, str]:
    context, properties = message.context, message.properties
    page, campaign, locale = context.page, context.campaign, context.locale
    said = attributes(
        call=call,
        category=message.category or properties.category,
        path=page.path or path_of(properties.url or page.url),
        referrer_host=host_of(page.referrer) if page.referrer else None,
        campaign=campaign.name or properties.campaign_name,
        utm_source=campaign.source,
        utm_medium=campaign.medium,
        user_agent=context.userAgent or context.user_agent,
        locale=locale,
        region=message.traits.country or (_country(locale) if locale else None),
        order_id=properties.order_id,
        product=properties.name if call == "track" else None,
        coupon=properties.coupon,
        reason=properties.reason,
        topic=properties.topic,
    )
    # Asked for first: hardly any message has them, and all would pay for them.
    if campaign.term or campaign.content:
        said |= attributes(utm_term=campaign.term, utm_content=campaign.content)
    if click_id := click_id_in(page.url) or click_id_in(plain(properties.url)):
        said |= attributes(click_id=click_id)
    if properties.conversation_id is not None:
        said |= attributes(conversation_id=properties.conversation_id)
    if isinstance(properties.campaign, dict):
        said = _pushed(properties.campaign) | said
    return said


def _pushed(campaign: dict[str, Any]) -> dict[str, str]:
    """Of a push notification, or of an app's installation."""
    return attributes(
        campaign=campaign.get("name"),
        utm_source=campaign.get("source"),
        utm_medium=campaign.get("medium"),
    )


@lru_cache(1_000)
def _country(locale: str) -> str | None:
    """`BG` of bg-BG; a locale that names only the language says nothing about the country."""
    named = re.search(r"[-_]([A-Za-z]{2})$", locale)
    return named[1] if named else None


def _add_money(event: Event, properties: Properties) -> None:
    """`revenue` is what the shop earns; `total` with tax and shipping stands in for it."""
    given = properties.total if properties.revenue is None else properties.revenue
    if given is None or isinstance(given, bool):
        return
    if isinstance(given, (int, float, str, Decimal)):
        event.value = amount(given, "properties.revenue")
        event.currency = plain(properties.currency)[:3].upper()


ATTRIBUTES = (
    "call", "category", "path", "referrer_host", *ARRIVAL, "user_agent", "locale", "region",
    "order_id", "product", "coupon", "reason", "topic", "conversation_id",
)  # fmt: skip

FORMAT = Format(
    name="segment",
    source="website",
    summary="Segment / RudderStack spec, JSON, one message a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="messageId",
    clock="timestamp, corrected for the device's skew; else originalTimestamp, sentAt, receivedAt",
    identifiers=(
        "user_id",
        "cookie",
        "device",
        "account",
        "email",
        "phone",
        "loyalty_card",
        "customer_number",
    ),
    attributes=ATTRIBUTES,
    gives=("value", "comment"),
    drops=("identity_only",),
)
