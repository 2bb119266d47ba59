"""The tills of the stores: they number their transactions and sign cashiers on and off.

A till that sold something on a day was signed on before and off after it. The number of a
transaction together with store, till and business day is its natural key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from cjm_tracker.simulator.acts import Act, Sale
from cjm_tracker.simulator.shop import SHOP_TIME, Store

_FIRST_NUMBER = 1_000


@dataclass(slots=True)
class Shift:
    """A control transaction: a cashier signs on or off. Not a sale and nobody's touchpoint."""

    at: datetime
    store: Store
    till: str
    signs_on: bool
    sequence: int = 0

    @property
    def arrives_at(self) -> datetime:
        return self.at + timedelta(seconds=5)


TillDay = tuple[str, str, date]


def till_day(sale: Sale) -> TillDay:
    return sale.store.number, sale.till, sale.at.astimezone(SHOP_TIME).date()


def till_days(acts: list[Act]) -> set[TillDay]:
    return {till_day(act) for act in acts if isinstance(act, Sale)}


def ring_up(sales: list[Sale], end: datetime) -> list[Shift]:
    """Give every sale its number and natural key; return the shifts around them."""
    shifts: list[Shift] = []
    sales = sorted(sales, key=lambda sale: (till_day(sale), sale.at))
    for _, group in groupby(sales, key=till_day):
        shifts.extend(_shifts(list(group), end))
    ordered: list[Sale | Shift] = sorted([*sales, *shifts], key=_till_order)
    for _, entries in groupby(ordered, key=lambda entry: (entry.store.number, entry.till)):
        for sequence, entry in enumerate(entries, _FIRST_NUMBER):
            entry.sequence = sequence
            if isinstance(entry, Sale):
                entry.event_id = natural_key(entry)
    return shifts


def natural_key(sale: Sale) -> str:
    store, till, day = till_day(sale)
    return f"{store}/{till}/{day.isoformat()}/{sale.sequence}"


def _shifts(sales: list[Sale], end: datetime) -> list[Shift]:
    first, last = sales[0], sales[-1]
    opening = first.at.astimezone(SHOP_TIME).replace(hour=9, minute=45, second=0, microsecond=0)
    closing = opening.replace(hour=20, minute=30)
    shifts = [
        Shift(opening.astimezone(UTC), first.store, first.till, signs_on=True),
        Shift(max(closing.astimezone(UTC), last.at), first.store, first.till, signs_on=False),
    ]
    return [shift for shift in shifts if shift.arrives_at < end]


def _till_order(entry: Sale | Shift) -> tuple[str, str, datetime]:
    return entry.store.number, entry.till, entry.at
