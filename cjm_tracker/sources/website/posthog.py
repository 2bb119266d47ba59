"""Website and app events of PostHog: a capture body with one event, or a batch of them.

Source: PostHog's documentation of its capture API and of the properties its libraries set. One
touchpoint is one event, as `$pageview`, `$autocapture` or a name of the company's own; a batch is
one record with many. Event id: `uuid`, else the library's `$insert_id`, else whose, what and when:
by these PostHog itself finds duplicates. Clock: `timestamp`, of the customer's device; without it
`sent_at` less `offset`, the ms the event had waited to be sent.
Dropped: calls that only say who is who, whose links are kept, and `$pageleave`, which ends the
view of a page that has an event of its own.
The text of what was clicked is left out: a page may show there who is logged in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import DropReason, Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    Payload,
    amount,
    attributes,
    checked,
    event_id,
    in_batch,
    instant,
    json_object,
    natural_id,
    plain,
)
from cjm_tracker.sources.urls import ARRIVAL, CAMPAIGN, CLICK_IDS, click_id_in, host_of

# Properties that say who somebody is; a group is what people belong to, in a shop a company.
PERSON_KINDS = {"email": "email", "phone": "phone"}
GROUPS = ("company", "organization", "account")
DROPS: dict[str, DropReason] = {
    "$identify": "identity_only",
    "$create_alias": "identity_only",
    "$merge_dangerously": "identity_only",
    "$groupidentify": "identity_only",
    "$set": "identity_only",
    "$pageleave": "heartbeat",
}
Properties = dict[str, Any]


class Capture(Payload):
    """One event, by the fields this tracker reads."""

    event: str
    distinct_id: str | int | None = None
    uuid: str | None = None
    timestamp: str | None = None
    sent_at: str | None = None
    offset: int | None = None
    properties: Properties = {}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One event, or each of a batch."""
    document = json_object(record.value)
    bodies = in_batch(document, "sent_at") if "batch" in document else [document]
    return [_event(checked(Capture, body)) for body in bodies]


def _event(capture: Capture) -> Event:
    if not capture.event:
        raise InvalidRecord("missing_field", "event: empty")
    properties = capture.properties
    who = plain(capture.distinct_id) or plain(properties.get("distinct_id"))
    event = Event(
        event_id=_event_id(capture, who),
        name=capture.event,
        occurred_at=_occurred_at(capture),
        identifiers=tuple(dict.fromkeys(_identifiers(capture.event, who, properties))),
        attributes=_attributes(properties),
        drop_reason=DROPS.get(capture.event, ""),
    )
    if written := plain(properties.get("revenue")):
        event.value = amount(written, "properties.revenue")
        event.currency = plain(properties.get("currency"))[:3].upper()
    return event


def _event_id(capture: Capture, who: str) -> str:
    given = capture.uuid or plain(capture.properties.get("$insert_id"))
    if given:
        return event_id(given, "uuid")
    if not who:
        raise InvalidRecord("missing_field", "uuid, distinct_id: the event cannot be told")
    return natural_id([who, capture.event, str(_occurred_at(capture))])


def _occurred_at(capture: Capture) -> int:
    if capture.timestamp:
        return instant(capture.timestamp, "timestamp")
    if capture.sent_at:
        return instant(capture.sent_at, "sent_at") - (capture.offset or 0)
    raise InvalidRecord("missing_field", "timestamp: no clock on the event")


def _identifiers(name: str, who: str, properties: Properties) -> Iterator[Identifier]:
    device = plain(properties.get("$device_id"))
    anonymous = who == device or False in (
        properties.get("$is_identified"), properties.get("$process_person_profile")
    )  # fmt: skip
    found = [
        ("cookie" if anonymous and name != "$identify" else "user_id", who),
        ("cookie", device),
        ("cookie", plain(properties.get("$anon_distinct_id"))),
        ("cookie", plain(properties.get("alias")) if name == "$create_alias" else ""),
        ("ip", plain(properties.get("$ip"))),
    ]
    person, groups = _inside(properties, "$set"), _inside(properties, "$groups")
    found += [(kind, plain(person.get(trait))) for trait, kind in PERSON_KINDS.items()]
    found += [("account", plain(groups.get(group))) for group in GROUPS]
    if properties.get("$group_type") in GROUPS:
        found.append(("account", plain(properties.get("$group_key"))))
    return (Identifier(kind, value) for kind, value in found if value)


def _inside(properties: Properties, name: str) -> Properties:
    inner = properties.get(name)
    return inner if isinstance(inner, dict) else {}


def _attributes(properties: Properties) -> dict[str, str]:
    said = {name: plain(value) for name, value in properties.items()}
    return attributes(
        action=said.get("$event_type"),
        host=said.get("$host") or host_of(said.get("$current_url", "")),
        path=said.get("$pathname"),
        screen=said.get("$screen_name"),
        # "$direct" where nobody led to the page
        referrer_host=said.get("$referring_domain", "").replace("$direct", ""),
        **{ours: said.get(theirs) for theirs, ours in CAMPAIGN.items()},
        click_id=next((name for name in CLICK_IDS if said.get(name)), None)
        or click_id_in(said.get("$current_url")),
        user_agent=said.get("$raw_user_agent"),
        device=said.get("$device_type"),
        locale=said.get("$browser_language"),
        region=said.get("$geoip_country_code"),
        session=said.get("$session_id"),
        order_id=said.get("order_id"),
        category=said.get("category"),
        product=said.get("product"),
    )


ATTRIBUTES = (
    "action", "host", "path", "screen", "referrer_host", *ARRIVAL, "user_agent", "device", "locale",
    "region", "session", "order_id", "category", "product",
)  # fmt: skip

FORMAT = Format(
    name="posthog",
    source="website",
    summary="PostHog capture API, JSON, one event or a batch a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="uuid, else $insert_id, else a hash of distinct_id, event and time",
    clock="timestamp, of the device; else sent_at less offset",
    identifiers=("user_id", "cookie", "ip", "email", "phone", "account"),
    attributes=ATTRIBUTES,
    gives=("value",),
    drops=("identity_only", "heartbeat"),
)
