"""Website and app events of Google Analytics 4, as its BigQuery export has them: a row a record.

Source: Google's "BigQuery Export schema" of GA4. One touchpoint is one event. `event_params` is a
list of keys, each with the one value it has. An export to JSON writes whole numbers as texts:
both are read.
Event id: GA4 has none. An event is known by whose it is, when and what it was, and by its place in
the bundle and the batch it was sent in, so that the same row in an intraday and a daily table is
one event. Clock: `event_timestamp`, microseconds UTC, when the device logged it; the server's
offset is not known well enough to correct it.
`user_engagement` only says that a page is in the foreground, and is dropped.
A purchase is worth its revenue, without what was refunded; a refund gives money back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.decoder import Decoder
from cjm_tracker.sources.payload import (
    Payload,
    amount,
    attributes,
    natural_id,
    plain,
    since_1970,
)
from cjm_tracker.sources.urls import ARRIVAL, click_id_in, host_of, path_of

MICROSECONDS = 1_000_000
HEARTBEAT = "user_engagement"
MONEY = ("purchase", "in_app_purchase", "refund")


class Value(Payload):
    string_value: str | None = None
    int_value: int | str | None = None
    float_value: float | str | None = None
    double_value: float | str | None = None


class Parameter(Payload):
    key: str
    value: Value = Value()


class Device(Payload):
    category: str | None = None
    language: str | None = None


class Geo(Payload):
    country: str | None = None
    city: str | None = None


class Campaign(Payload):
    """The campaign of this event; `traffic_source` is that of the user's first visit."""

    manual_campaign_name: str | None = None
    manual_source: str | None = None
    manual_medium: str | None = None
    manual_term: str | None = None
    manual_content: str | None = None
    gclid: str | None = None


class Ecommerce(Payload):
    transaction_id: str | None = None
    purchase_revenue: Any = None
    refund_value: Any = None


class Row(Payload):
    event_name: str
    event_timestamp: int | str
    user_pseudo_id: str | None = None
    user_id: str | None = None
    event_bundle_sequence_id: int | str | None = None
    batch_page_id: int | str | None = None
    batch_ordering_id: int | str | None = None
    batch_event_index: int | str | None = None
    stream_id: int | str | None = None
    platform: str | None = None
    event_params: list[Parameter] | None = None
    device: Device | None = None
    geo: Geo | None = None
    collected_traffic_source: Campaign | None = None
    ecommerce: Ecommerce | None = None


row_in = Decoder(Row)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One row is one event."""
    row = row_in(record.value)
    if not row.event_name:
        raise InvalidRecord("missing_field", "event_name: empty")
    parameters = {one.key: _value(one.value) for one in row.event_params or ()}
    event = Event(
        event_id=_event_id(row),
        name=row.event_name,
        occurred_at=since_1970(row.event_timestamp, "event_timestamp", MICROSECONDS),
        identifiers=tuple(_identifiers(row)),
        attributes=_attributes(row, parameters),
        drop_reason="heartbeat" if row.event_name == HEARTBEAT else "",
    )
    _add_money(event, row, parameters)
    return [event]


def _value(value: Value) -> str:
    for one in (value.string_value, value.int_value, value.double_value, value.float_value):
        if one is not None:
            return plain(one)
    return ""


def _event_id(row: Row) -> str:
    if not (row.user_pseudo_id or row.user_id):
        raise InvalidRecord("missing_field", "user_pseudo_id: an event of nobody cannot be told")
    parts = (
        row.stream_id, row.user_pseudo_id, row.user_id if not row.user_pseudo_id else None,
        row.event_timestamp, row.event_name, row.event_bundle_sequence_id, row.batch_page_id,
        row.batch_ordering_id, row.batch_event_index,
    )  # fmt: skip
    return natural_id([plain(part) for part in parts])


def _identifiers(row: Row) -> list[Identifier]:
    found = (("user_id", row.user_id), ("cookie", row.user_pseudo_id))
    return [Identifier(kind, value) for kind, value in found if value]


def _attributes(row: Row, parameters: dict[str, str]) -> dict[str, str]:
    campaign = row.collected_traffic_source or Campaign()
    device, geo = row.device or Device(), row.geo or Geo()
    location = parameters.get("page_location")
    return attributes(
        platform=row.platform,
        host=host_of(location) if location else None,
        path=path_of(location),
        screen=parameters.get("firebase_screen") or parameters.get("firebase_screen_class"),
        referrer_host=host_of(parameters.get("page_referrer", "")),
        campaign=campaign.manual_campaign_name or parameters.get("campaign"),
        utm_source=campaign.manual_source or parameters.get("source"),
        utm_medium=campaign.manual_medium or parameters.get("medium"),
        utm_term=campaign.manual_term or parameters.get("term"),
        utm_content=campaign.manual_content or parameters.get("content"),
        click_id=click_id_in(location) or ("gclid" if campaign.gclid else None),
        device=device.category,
        locale=device.language,
        country=geo.country,
        city=geo.city,
        order_id=_order_id(row, parameters),
        category=parameters.get("item_category") or parameters.get("content_type"),
        coupon=parameters.get("coupon"),
        session=parameters.get("ga_session_id"),
    )


def _order_id(row: Row, parameters: dict[str, str]) -> str | None:
    known = row.ecommerce.transaction_id if row.ecommerce else None
    # What GA4 writes where a purchase came without one.
    return parameters.get("transaction_id") if known in (None, "(not set)") else known


def _add_money(event: Event, row: Row, parameters: dict[str, str]) -> None:
    sums = row.ecommerce or Ecommerce()
    back = row.event_name == "refund"
    if row.event_name not in MONEY:
        return  # `value` of any other event is what its goods would cost
    given = plain(sums.refund_value if back else sums.purchase_revenue) or parameters.get("value")
    if given:
        value = amount(given, "ecommerce.refund_value" if back else "ecommerce.purchase_revenue")
        event.value = -value if back else value
        event.currency = parameters.get("currency", "")[:3].upper()


ATTRIBUTES = (
    "platform", "host", "path", "screen", "referrer_host", *ARRIVAL, "device", "locale", "country",
    "city", "order_id", "category", "coupon", "session",
)  # fmt: skip

FORMAT = Format(
    name="ga4",
    source="website",
    summary="Google Analytics 4, BigQuery export as JSON, one event a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="a hash of stream, user_pseudo_id, event_timestamp, event_name, bundle and batch ids",
    clock="event_timestamp, when the device logged it, UTC",
    identifiers=("user_id", "cookie"),
    attributes=ATTRIBUTES,
    gives=("value",),
    drops=("heartbeat",),
)
