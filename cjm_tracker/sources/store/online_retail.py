"""Invoices of a web shop and wholesaler, as published by UCI (Online Retail, data set 352).

The file has a line for each article; one touchpoint is one invoice, because that is what the
customer did once. The loader puts an invoice's lines into one record. Its value is the exact
sum of quantity × price over all lines, lines that stand twice included, as the published total
has them. An invoice number that starts with C is a cancellation, one with A an adjustment of
bad debt (no customer).
Event id: the invoice number. Clock: the earliest line, in the shop's local time (the mapping
names the zone).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import amount, attributes, csv_rows, instant, natural_id, whole

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
OUTCOMES = {"C": "cancelled", "A": "adjusted"}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """The lines of one invoice are one event."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in csv_rows(record.value, len(COLUMNS))]
    numbers = {row["InvoiceNo"] for row in rows}
    if len(numbers) != 1 or not rows[0]["InvoiceNo"]:
        raise InvalidRecord("wrong_layout", "the lines of exactly one invoice are expected")
    number = rows[0]["InvoiceNo"]
    customer = rows[0]["CustomerID"].removesuffix(".0")
    outcome = OUTCOMES.get(number[0], "sold")
    return [
        Event(
            event_id=natural_id(["online_retail", number]),
            name={"sold": "invoice", "cancelled": "cancellation"}.get(outcome, "adjustment"),
            occurred_at=min(
                instant(row["InvoiceDate"], "InvoiceDate", options.timezone) for row in rows
            ),
            identifiers=(Identifier("customer_number", customer),) if customer else (),
            attributes=attributes(
                invoice=number, country=rows[0]["Country"], lines=len(rows), category="invoice"
            ),
            outcome=outcome,
            value=amount(sum((_line_value(row) for row in rows), Decimal(0)), "Quantity"),
            currency="GBP",
        )
    ]


def _line_value(row: dict[str, str]) -> Decimal:
    return whole(row["Quantity"], "Quantity") * amount(row["UnitPrice"], "UnitPrice")


FORMAT = Format(
    name="online_retail",
    source="store",
    summary="UCI Online Retail invoice lines, CSV; the lines of one invoice are one record",
    frames=framing.grouped_lines(lambda line: line.split(b",", 1)[0], b"InvoiceNo,"),
    parse=parse,
    event_id="InvoiceNo",
    clock="the earliest line of the invoice",
    identifiers=("customer_number",),
    attributes=("invoice", "country", "lines", "category"),
    gives=("outcome", "value"),
    needs_timezone=True,
)
