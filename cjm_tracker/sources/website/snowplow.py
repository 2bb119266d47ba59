"""Website and app events of Snowplow, as its enriched stream has them: 131 fields between tabs.

Source: Snowplow's documentation of the canonical event model; the order of fields is that of its
Analytics SDKs. One touchpoint is one event; `name` is what a structured event's action or a
self-describing event's schema calls it, else the event's type. An order is a `transaction` event,
or the transaction entity of the e-commerce plug-in; a refund gives money back.
Event id: `event_id`. Clock: `derived_tstamp`, the device's time corrected for the skew of its
clock, else the collector's; both UTC by definition.
Dropped: page pings, which only say that a page is still open, and the items of a transaction, whose
order has an event of its own. Of self-describing data only what is named here is read: a form may
hold what a customer typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import DropReason, Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    amount,
    attributes,
    event_id,
    instant,
    json_object,
    plain,
    text,
)
from cjm_tracker.sources.urls import ARRIVAL, click_id_in, path_of

FIELDS = """
    app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id
    name_tracker v_tracker v_collector v_etl user_id user_ipaddress user_fingerprint domain_userid
    domain_sessionidx network_userid geo_country geo_region geo_city geo_zipcode geo_latitude
    geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed page_url page_title
    page_referrer page_urlscheme page_urlhost page_urlport page_urlpath page_urlquery
    page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery
    refr_urlfragment refr_medium refr_source refr_term mkt_medium mkt_source mkt_term mkt_content
    mkt_campaign contexts se_category se_action se_label se_property se_value unstruct_event
    tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country ti_orderid
    ti_sku ti_name ti_category ti_price ti_quantity pp_xoffset_min pp_xoffset_max pp_yoffset_min
    pp_yoffset_max useragent br_name br_family br_version br_type br_renderengine br_lang
    br_features_pdf br_features_flash br_features_java br_features_director br_features_quicktime
    br_features_realplayer br_features_windowsmedia br_features_gears br_features_silverlight
    br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer
    os_timezone dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width
    doc_height tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base
    base_currency geo_timezone mkt_clickid mkt_network etl_tags dvce_sent_tstamp refr_domain_userid
    refr_dvce_tstamp derived_contexts domain_sessionid derived_tstamp event_vendor event_name
    event_format event_version event_fingerprint true_tstamp
""".split()
CLOCKS = ("derived_tstamp", "collector_tstamp")
DROPS: dict[str, DropReason] = {"page_ping": "heartbeat", "transaction_item": "order_line"}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one event."""
    values = text(record.value).rstrip("\r\n").split("\t")
    if len(values) != len(FIELDS):
        raise InvalidRecord("wrong_layout", f"{len(FIELDS)} fields expected, {len(values)} found")
    row = dict(zip(FIELDS, values, strict=True))
    if not row["event"]:
        raise InvalidRecord("missing_field", "event: empty")
    body, entities = _body(row), _entities(row)
    event = Event(
        event_id=event_id(row["event_id"], "event_id"),
        name=_name(row),
        occurred_at=_occurred_at(row),
        identifiers=tuple(_identifiers(row, entities)),
        attributes=_attributes(row, body, entities),
        drop_reason=DROPS.get(row["event"], ""),
    )
    _add_money(event, row, body, entities)
    return [event]


def _name(row: Mapping[str, str]) -> str:
    own = {"struct": row["se_action"], "unstruct": row["event_name"]}
    return own.get(row["event"]) or row["event"]


def _occurred_at(row: Mapping[str, str]) -> int:
    for field in CLOCKS:
        if row[field]:
            return instant(row[field], field, UTC)
    raise InvalidRecord("missing_field", f"{' or '.join(CLOCKS)}: no clock on the event")


Entities = Mapping[str, Mapping[str, Any]]  # the first of each schema, by the schema's name


def _body(row: Mapping[str, str]) -> Mapping[str, Any]:
    """The data of a self-describing event."""
    if not row["unstruct_event"]:
        return {}
    outer = _part(_json(row, "unstruct_event"), "data", "unstruct_event")
    return _part(outer, "data", "unstruct_event.data")


def _entities(row: Mapping[str, str]) -> Entities:
    found: dict[str, Mapping[str, Any]] = {}
    for schema, data in _each_entity(row):
        found.setdefault(schema, data)
    return found


def _each_entity(row: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for field in ("contexts", "derived_contexts"):
        listed = _json(row, field).get("data") if row[field] else ()
        if not isinstance(listed, (list, tuple)):
            raise InvalidRecord("bad_field", f"{field}.data: not a list")
        for entity in listed:
            if not isinstance(entity, dict):
                raise InvalidRecord("bad_field", f"{field}.data: not a list of objects")
            # iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2
            schema = plain(entity.get("schema")).split("/")
            yield schema[1] if len(schema) > 1 else "", _part(entity, "data", field)


def _json(row: Mapping[str, str], field: str) -> dict[str, Any]:
    try:
        return json_object(row[field].encode())
    except InvalidRecord as bad:
        raise InvalidRecord("bad_field", f"{field}: {bad.detail}") from None


def _part(document: Mapping[str, Any], name: str, field: str) -> Mapping[str, Any]:
    part = document.get(name)
    if not isinstance(part, dict):
        raise InvalidRecord("bad_field", f"{field}.{name}: not an object")
    return part


def _identifiers(row: Mapping[str, str], entities: Entities) -> Iterator[Identifier]:
    session = entities.get("client_session", {})  # of an app, which has no cookies
    for kind, value in (
        ("user_id", row["user_id"]),
        ("cookie", row["domain_userid"] or plain(session.get("userId"))),
        ("cookie", row["network_userid"]),
        ("ip", row["user_ipaddress"]),
    ):
        if value:
            yield Identifier(kind, value)


def _attributes(
    row: Mapping[str, str], body: Mapping[str, Any], entities: Entities
) -> dict[str, str]:
    screen = body if row["event_name"] == "screen_view" else entities.get("screen", {})
    return attributes(
        call=row["event"],
        app=row["app_id"],
        platform=row["platform"],
        category=row["se_category"] or row["ti_category"],
        label=row["se_label"],
        property=row["se_property"],
        number=row["se_value"],
        action=body.get("type"),
        target=path_of(body.get("targetUrl")),
        screen=screen.get("name"),
        host=row["page_urlhost"],
        path=row["page_urlpath"],
        referrer_host=row["refr_urlhost"],
        referrer=row["refr_medium"],
        campaign=row["mkt_campaign"],
        utm_source=row["mkt_source"],
        utm_medium=row["mkt_medium"],
        utm_term=row["mkt_term"],
        utm_content=row["mkt_content"],
        click_id=click_id_in(row["page_url"]),
        user_agent=row["useragent"],
        region=row["geo_country"],
        order_id=row["tr_orderid"]
        or row["ti_orderid"]
        or entities.get("transaction", {}).get("transaction_id")
        or entities.get("refund", {}).get("transaction_id"),
        product=row["ti_name"],
    )


def _add_money(
    event: Event, row: Mapping[str, str], body: Mapping[str, Any], entities: Entities
) -> None:
    """An item's price is part of its transaction's total and never counted by itself."""
    sign = 1
    given: Any = None
    currency: Any = None
    if row["event"] == "transaction":
        given, currency = row["tr_total"], row["tr_currency"]
    elif body.get("type") == "transaction":
        order = entities.get("transaction", {})
        given, currency = order.get("revenue"), order.get("currency")
    elif body.get("type") == "refund":
        refund = entities.get("refund", {})
        sign, given, currency = -1, refund.get("refund_amount"), refund.get("currency")
    if written := plain(given):
        event.value = sign * amount(written, "tr_total, revenue or refund_amount")
        event.currency = plain(currency)[:3].upper()


ATTRIBUTES = (
    "call", "app", "platform", "category", "label", "property", "number", "action", "target",
    "screen", "host", "path", "referrer_host", "referrer", *ARRIVAL, "user_agent", "region",
    "order_id", "product",
)  # fmt: skip

FORMAT = Format(
    name="snowplow",
    source="website",
    summary="Snowplow enriched event, tab-separated, one line a record",
    frames=framing.lines,
    parse=parse,
    event_id="event_id",
    clock="derived_tstamp, corrected for the device's skew; else collector_tstamp; UTC",
    identifiers=("user_id", "cookie", "ip"),
    attributes=ATTRIBUTES,
    gives=("value",),
    drops=("heartbeat", "order_line"),
)
