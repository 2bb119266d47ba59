"""Till transactions as NRF-ARTS POSLog XML.

One touchpoint is one retail transaction, a sale or a return; control transactions (sign-on,
cash count) and voided sales are dropped, with their reason. Elements are found by their local
name: vendors put extensions into namespaces of their own.
Event id: store, workstation, business day and sequence number, the natural key of a till.
Clock: the end of the transaction, in the store's local time (the mapping names the zone).
Value: the transaction's grand amount, negative for a return.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import amount, attributes, event_id, instant, xml_root

KEY = ("RetailStoreID", "WorkstationID", "BusinessDayDate", "SequenceNumber")
LOYALTY = ("LoyaltyID", "LoyaltyAccountID")
CLOCKS = ("EndDateTime", "ReceiptDateTime", "BeginDateTime")


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """Each transaction of the document is one event."""
    root = xml_root(record.value)
    found = [root] if _local(root) == "Transaction" else list(_named(root, "Transaction"))
    if not found:
        raise InvalidRecord("wrong_layout", "no Transaction element")
    return [_transaction(element, options) for element in found]


def _transaction(transaction: Any, options: FormatOptions) -> Event:
    key = [_required(transaction, name) for name in KEY]
    clock = next((name for name in CLOCKS if _text(transaction, name)), None)
    if clock is None:
        raise InvalidRecord("missing_field", "EndDateTime: no clock on the transaction")
    event = Event(
        event_id=event_id("/".join(key), "SequenceNumber"),
        name="control",
        occurred_at=instant(_required(transaction, clock), clock, options.timezone),
        attributes=attributes(store=key[0], workstation=key[1]),
        drop_reason="control_transaction",
    )
    retail = next(_named(transaction, "RetailTransaction"), None)
    if retail is not None:
        _add_sale(event, transaction, retail)
    return event


def _add_sale(event: Event, transaction: Any, retail: Any) -> None:
    sales, returns = (list(_named(retail, name)) for name in ("Sale", "Return"))
    event.name = event.outcome = "return" if len(returns) > len(sales) else "sale"
    voided = retail.get("TransactionStatus") in ("Voided", "PostVoided")
    event.drop_reason = "voided_sale" if voided else ""
    event.value = _total(retail)
    event.currency = (_text(transaction, "CurrencyCode") or "")[:3].upper()
    event.identifiers = tuple(Identifier("loyalty_card", card) for card in _cards(retail))
    event.attributes |= attributes(lines=len(sales) + len(returns))


def _total(retail: Any) -> Decimal:
    for total in _named(retail, "Total"):
        if total.get("TotalType") == "TransactionGrandAmount":
            return amount((total.text or "").strip(), "Total")
    raise InvalidRecord("missing_field", "Total: no TransactionGrandAmount")


def _cards(retail: Any) -> list[str]:
    """Loyalty cards shown, each once."""
    elements = (element for name in LOYALTY for element in _named(retail, name))
    shown = ((element.text or "").strip() for element in elements)
    return sorted({card for card in shown if card})


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _named(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element.iter() if _local(child) == name)


def _text(element: Any, name: str) -> str | None:
    found = next(_named(element, name), None)
    return (found.text or "").strip() if found is not None else None


def _required(transaction: Any, name: str) -> str:
    if not (found := _text(transaction, name)):
        raise InvalidRecord("missing_field", f"{name}: missing or empty")
    return found


FORMAT = Format(
    name="poslog",
    source="store",
    summary="NRF-ARTS POSLog XML, one transaction a record",
    frames=framing.xml_elements("Transaction"),
    parse=parse,
    event_id="store, workstation, business day and sequence number",
    clock="the end of the transaction",
    identifiers=("loyalty_card",),
    attributes=("store", "workstation", "lines"),
    gives=("outcome", "value"),
    drops=("control_transaction", "voided_sale"),
    needs_timezone=True,
)
