"""Writes what the tills did as transactions of a POSLog document (NRF-ARTS, with NCR's ACS parts).

Times are local store time without a zone, and loyalty numbers are padded with zeros to 25 digits,
as tills write them.
"""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from cjm_tracker.simulator.acts import Sale, TillLine
from cjm_tracker.simulator.shop import CURRENCY, DEPARTMENTS, SHOP_TIME, Store
from cjm_tracker.simulator.tills import Shift

HEADER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" '
    b'xmlns:acs="http://www.ncr.com/rsd/acs/tlog/markup/poslog/2.1" '
    b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)
FOOTER = b"</POSLog>\n"
_LOYALTY_DIGITS = 25


def encode(entry: Sale | Shift) -> bytes:
    return transaction(entry).encode()


def transaction(entry: Sale | Shift) -> str:
    """One <Transaction> on one line."""
    body = _sale(entry) if isinstance(entry, Sale) else _shift(entry)
    begin = entry.at - entry.duration if isinstance(entry, Sale) else entry.at
    return (
        "<Transaction>"
        f"{_head(entry.store, entry.till, entry.sequence)}"
        f"<BusinessDayDate>{local(entry.at)[:10]}</BusinessDayDate>"
        f"<BeginDateTime>{local(begin)}</BeginDateTime>"
        f"<EndDateTime>{local(entry.at)}</EndDateTime>"
        f'<OperatorID OperatorName="Till {entry.till}">{entry.store.number}{entry.till}'
        "</OperatorID>"
        f"<CurrencyCode>{CURRENCY}</CurrencyCode>"
        f"{body}</Transaction>"
    )


def local(moment: datetime) -> str:
    return moment.astimezone(SHOP_TIME).replace(tzinfo=None).isoformat(timespec="seconds")


def _head(store: Store, till: str, sequence: int) -> str:
    return (
        f"<RetailStoreID>{store.number}</RetailStoreID>"
        f"<WorkstationID>{till}</WorkstationID>"
        f"<SequenceNumber>{sequence}</SequenceNumber>"
    )


def _shift(shift: Shift) -> str:
    verb = "SignOn" if shift.signs_on else "SignOff"
    moment = local(shift.at)
    return (
        f'<ControlTransaction Version="2.1"><ReasonCode>Valid {verb}</ReasonCode>'
        f"<Operator{verb}><StartDateTimestamp>{moment}</StartDateTimestamp>"
        f"<EndDateTimestamp>{moment}</EndDateTimestamp></Operator{verb}></ControlTransaction>"
    )


def _sale(sale: Sale) -> str:
    gross = sum(_cents(line) for line in sale.lines)
    total = gross - sale.discount
    parts = [_item(line) for line in sale.lines]
    parts.append(_tender(sale, total))
    if sale.card:
        parts.append(_loyalty(sale.card))
    items = "".join(
        f'<LineItem EntryMethod="{method}"><SequenceNumber>{number}</SequenceNumber>{part}'
        "</LineItem>"
        for number, (method, part) in enumerate(parts, 1)
    )
    return (
        f'<RetailTransaction Version="2.1"><ReceiptDateTime>{local(sale.at)}</ReceiptDateTime>'
        f"{items}"
        f'<Total TotalType="TransactionGrandAmount">{_money(total)}</Total>'
        f'<Total TotalType="acs:DiscountTotal">{_money(sale.discount)}</Total>'
        f"<acs:ItemCount>{sum(line.quantity for line in sale.lines)}</acs:ItemCount>"
        "</RetailTransaction>"
    )


def _item(line: TillLine) -> tuple[str, str]:
    product, tag = line.product, "Return" if line.returned else "Sale"
    department = quoteattr(product.category)
    return "Scanned", (
        f'<{tag} ItemType="Stock"><POSIdentity POSIDType="GTIN">'
        f"<POSItemID>{product.gtin}</POSItemID></POSIdentity>"
        f"<ItemID>{product.gtin}</ItemID>"
        f'<MerchandiseHierarchy Level="Department" acs:DepartmentDescription={department}>'
        f"{DEPARTMENTS[product.category]}</MerchandiseHierarchy>"
        f"<Description>{escape(product.name.upper())}</Description>"
        f"<RegularSalesUnitPrice>{_money(product.cents)}</RegularSalesUnitPrice>"
        f"<ExtendedAmount>{_money(_cents(line))}</ExtendedAmount>"
        f"<Quantity>{line.quantity}</Quantity></{tag}>"
    )


def _tender(sale: Sale, total: int) -> tuple[str, str]:
    code = "Sale" if total >= 0 else "Refund"
    method = "MSR" if sale.tender == "CreditDebit" else "Keyed"
    return method, (
        f'<Tender TenderType="{sale.tender}" TypeCode="{code}">'
        f"<Amount>{_money(total)}</Amount></Tender>"
    )


def _loyalty(card: str) -> tuple[str, str]:
    number = card.zfill(_LOYALTY_DIGITS)
    return "acs:Auto", (
        f'<acs:LoyaltyMembership><acs:LoyaltyID Type="Membership">{number}</acs:LoyaltyID>'
        f"<acs:MembershipID>{number}</acs:MembershipID>"
        "<acs:MembershipLevel>0</acs:MembershipLevel></acs:LoyaltyMembership>"
    )


def _cents(line: TillLine) -> int:
    return line.product.cents * line.quantity * (-1 if line.returned else 1)


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"
