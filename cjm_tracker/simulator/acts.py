"""What a customer did, before it is written in any system's format.

Every act becomes one record. `at` is when it happened, `lag` how long until the record was
written; `identifiers()` is what the record shows about the person, normalised, for the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from cjm_tracker.simulator.entries import Entry
from cjm_tracker.simulator.people import Customer, Device
from cjm_tracker.simulator.shop import Product, Store

Json = dict[str, object]
Identifier = tuple[str, str]  # kind, value


@dataclass(slots=True, kw_only=True, eq=False)
class Act:
    source: ClassVar[str]

    at: datetime
    lag: timedelta
    customer: Customer
    event_id: str

    @property
    def arrives_at(self) -> datetime:
        return self.at + self.lag

    def identifiers(self) -> list[Identifier]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Page:
    """Where in the website the visitor was."""

    path: str
    title: str
    search: str
    referrer: str
    landing: Entry | None  # how the visitor came by, on the first page of a visit only


@dataclass(slots=True, kw_only=True, eq=False)
class WebAct(Act):
    """One message of the website: `track`, `page` or `identify`."""

    source: ClassVar[str] = "website"

    device: Device
    page: Page
    kind: str
    name: str
    body: Json  # properties or, for identify, traits
    login: str | None
    shown: list[Identifier]  # what the body says about the person
    junk_login: str | None = None

    def identifiers(self) -> list[Identifier]:
        login = [("user_id", self.login)] if self.login else []
        return [("cookie", self.device.cookie), *login, *self.shown]


@dataclass(slots=True, kw_only=True, eq=False)
class Contact(Act):
    """A call or a chat. `at` is when it began; durations are in seconds."""

    source: ClassVar[str] = "call_centre"

    channel: str
    method: str
    topic: str
    phone: str | None
    customer_number: str | None
    greeted: int  # in the menu, before the queue
    waited: int
    talked: int  # 0: nobody answered
    held: int
    agent: str | None
    ended_by: str
    first_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None
    junk_number: str | None = None
    draft_at: datetime | None = None  # when an unfinished version of the record was written

    @property
    def answered_at(self) -> datetime:
        return self.at + timedelta(seconds=self.greeted + self.waited)

    @property
    def ended_at(self) -> datetime:
        return self.answered_at + timedelta(seconds=self.talked)

    def identifiers(self) -> list[Identifier]:
        seen = (("phone", self.phone), ("customer_number", self.customer_number))
        return [(kind, value) for kind, value in seen if value]


@dataclass(frozen=True, slots=True)
class TillLine:
    product: Product
    quantity: int
    returned: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Sale(Act):
    """A retail transaction at a till, sales and returns alike; `at` is its end."""

    source: ClassVar[str] = "store"

    store: Store
    till: str
    lines: tuple[TillLine, ...]
    discount: int  # cents
    tender: str
    duration: timedelta
    card: str | None
    sequence: int = 0  # given by the till, see tills.py

    def identifiers(self) -> list[Identifier]:
        return [("loyalty_card", self.card)] if self.card else []


@dataclass(slots=True, kw_only=True, eq=False)
class Answer(Act):
    """One answered survey."""

    source: ClassVar[str] = "survey"

    form: str  # csat, nps, ces
    score: int
    comment: str | None
    hidden: dict[str, str]
    opened_at: datetime
    shown: list[Identifier]

    def identifiers(self) -> list[Identifier]:
        return list(self.shown)
