"""Orders, checkouts, refunds and customers of Shopify as Fivetran keeps them: its tables, CSV.

Source: the schemas of Fivetran's Shopify connectors, over Shopify's REST and its GraphQL API,
which name some columns otherwise. What a row comes to is said in `shopify`, with the same event
id, clock and revision; an order that came by both ways is one. The REST connector's refunds say
no amount and are refused; their lines are a table of their own. A record is the header line and
one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, fivetran
from cjm_tracker.sources.store import shopify
from cjm_tracker.sources.urls import ARRIVAL

# By which columns the tables are known.
TABLES = {
    "checkout": {"abandoned_checkout_url", "customer_id"},
    "order": {"created_at", "cancelled_at", "customer_id", "source_name"},
    "refund": {"order_id", "total_refunded_set_shop_amount"},
    "customer": {"orders_count", "verified_email"},
}
# What we read, by the names it has in the tables.
NAMES = {
    "total_price_set_shop_amount": "total_price",
    "total_price_set_shop_currency_code": "currency",
    "display_financial_status": "financial_status",
    "display_fulfillment_status": "fulfillment_status",
    "landing_site_base_url": "landing_site",
}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One row is one order, checkout, refund or customer."""
    columns, cells = fivetran.row(record.value)
    for kind, marks in TABLES.items():
        if columns >= marks:
            return list(shopify.READERS[kind](_resource(cells)))
    raise InvalidRecord("wrong_layout", "the columns of no table of orders or customers")


def _resource(cells: dict[str, str]) -> dict[str, Any]:
    """The row as Shopify's API has it."""
    found: dict[str, Any] = {NAMES.get(name, name): cell for name, cell in cells.items()}
    if status := found.get("financial_status"):
        found["financial_status"] = status.lower()
    if customer := cells.get("customer_id"):
        found["customer"] = {"id": customer}
    if country := cells.get("billing_address_country_code"):
        found["billing_address"] = {"country_code": country}
    if paid := cells.get("total_refunded_set_shop_amount"):
        currency = cells.get("total_refunded_set_shop_currency_code")
        found["transactions"] = [{"amount": paid, "currency": currency}]
    return found


ATTRIBUTES = (
    "order_id", "order_number", "sales_channel", "store", "payment", "locale", "region",
    "referrer_host", "path", *ARRIVAL, "status", "fulfillment", "reason",
)  # fmt: skip

FORMAT = Format(
    name="shopify_csv",
    source="store",
    summary="Shopify orders, checkouts, refunds and customers, exports of Fivetran's tables, CSV",
    frames=fivetran.frames,
    parse=parse,
    event_id="kind and id, as in shopify",
    clock="processed_at, else created_at: when it was placed",
    identifiers=("user_id", "email", "phone", "cookie"),
    attributes=ATTRIBUTES,
    gives=("outcome", "value", "revision"),
    drops=("identity_only", "voided_sale", "not_a_contact"),
)
