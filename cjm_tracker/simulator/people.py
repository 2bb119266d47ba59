"""Who shops: personas, customers, their accounts and devices."""

from __future__ import annotations

from dataclasses import dataclass, field

from cjm_tracker.simulator.browsers import Browser


@dataclass(frozen=True, slots=True)
class Persona:
    """How a kind of customer tends to behave; shares and chances between 0 and 1."""

    name: str
    share: int
    visits: float  # mean number of visits before a decision
    abandons: float  # gives the purchase up
    prefers_store: float  # buys in a store, where there is one
    browses_first: float  # looks on the web before going to the store
    coupons: float
    asks_advice: float  # calls before buying
    comes_back: float  # starts another journey
    pause_days: float  # mean time between two journeys


PERSONAS = (
    Persona("researcher", 24, 2.8, 0.40, 0.35, 0.95, 0.25, 0.08, 0.55, 24),
    Persona("bargain_hunter", 22, 2.2, 0.42, 0.15, 0.80, 0.75, 0.02, 0.62, 20),
    Persona("loyal_regular", 22, 1.4, 0.15, 0.30, 0.60, 0.35, 0.03, 0.86, 14),
    Persona("store_first", 18, 1.2, 0.15, 0.85, 0.40, 0.10, 0.05, 0.74, 18),
    Persona("gift_buyer", 14, 1.6, 0.28, 0.25, 0.70, 0.30, 0.05, 0.45, 30),
)


@dataclass(slots=True, eq=False)
class Device:
    """A browser on a device, which a website knows by its cookie."""

    cookie: str
    browser: Browser
    address: str
    shared: bool = False
    signed_in_before: bool = False
    remembers: bool = False  # still signed in at the next visit


@dataclass(slots=True, eq=False)
class Account:
    """What the shop knows about somebody it knows."""

    user_id: str
    email: str
    phone: str
    customer_number: str
    first_name: str
    last_name: str
    loyalty_card: str | None
    opened: bool  # has a login on the website; newcomers open one later


@dataclass(slots=True, eq=False)
class Customer:
    """A person. Visitors without an account stay anonymous for good."""

    id: str
    persona: Persona
    language: str
    country: str
    account: Account | None = None
    devices: list[Device] = field(default_factory=list)
    borrowed_card: str | None = None

    @property
    def locale(self) -> str:
        return {"en": "en-GB", "ru": "ru-RU", "bg": "bg-BG"}[self.language]

    @property
    def timezone(self) -> str:
        return {"GB": "Europe/London", "RU": "Europe/Moscow", "BG": "Europe/Sofia"}[self.country]

    @property
    def lives_near_store(self) -> bool:
        return self.country == "BG"
