"""Brings customers into the world: strangers, acquaintances and, in a dirty world, families."""

from __future__ import annotations

from random import Random

from cjm_tracker.simulator.browsers import any_browser
from cjm_tracker.simulator.names import any_name
from cjm_tracker.simulator.people import PERSONAS, Account, Customer, Device, Persona
from cjm_tracker.simulator.phones import phone_number
from cjm_tracker.simulator.world import World

_FAMILY_EVERY = 9  # every so many households with an account, one is a family
_RELATIONS = ("household_phone", "family_tablet", "lent_card")
_LANGUAGES = {"bg": 46, "en": 29, "ru": 25}
_COUNTRIES = {"bg": ("BG",), "en": ("GB", "GB", "BG"), "ru": ("RU", "RU", "BG")}
_STORE_FIRST = next(persona for persona in PERSONAS if persona.name == "store_first")
_DEVICES = {1: 40, 2: 38, 3: 16, 4: 6}
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # kept for documentation (RFC 5737)


class Census:
    """Makes one household after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._households = 0

    def visitor(self) -> Customer:
        """Somebody who never says who he is."""
        customer = self._person(_any_persona(self._world.rng))
        customer.devices = [self._device()]
        return customer

    def household(self) -> list[Customer]:
        """One customer with an account or, now and then, two who share something."""
        self._households += 1
        turn, step = divmod(self._households, _FAMILY_EVERY)
        if self._world.dirty and step == _FAMILY_EVERY // 2:
            return self._family(_RELATIONS[turn % len(_RELATIONS)])
        return [self._acquaintance(self._person(_any_persona(self._world.rng)))]

    def _family(self, relation: str) -> list[Customer]:
        """Two people near a store who share one thing that looks like an identifier."""
        elder = self._acquaintance(self._person(_any_persona(self._world.rng), "bg"))
        persona = _STORE_FIRST if relation == "lent_card" else _any_persona(self._world.rng)
        younger = self._acquaintance(self._person(persona, "bg"))
        if elder.account and younger.account:
            _share(relation, elder, younger, self._device())
        return [elder, younger]

    def _person(self, persona: Persona, language: str | None = None) -> Customer:
        world, rng = self._world, self._world.rng
        language = language or rng.choices(list(_LANGUAGES), list(_LANGUAGES.values()))[0]
        country = rng.choice(_COUNTRIES[language])
        return Customer(f"C{world.number('customer'):06d}", persona, language, country)

    def _acquaintance(self, customer: Customer) -> Customer:
        rng = self._world.rng
        count = rng.choices(list(_DEVICES), list(_DEVICES.values()))[0]
        customer.account = self._account(customer)
        customer.devices = [self._device() for _ in range(count)]
        return customer

    def _account(self, customer: Customer) -> Account:
        world, rng = self._world, self._world.rng
        name = any_name(rng, customer.language)
        ordinal = world.number("account")
        wants_card = 0.93 if customer.lives_near_store else 0.3
        return Account(
            user_id=f"usr_{world.hexadecimal(12)}",
            email=f"{name.latin}{ordinal}@example.{rng.choice(('com', 'net', 'org'))}",
            phone=phone_number(customer.country, ordinal),
            customer_number=f"40{(ordinal * 7_654_321) % 100_000_000:08d}",
            first_name=name.first,
            last_name=name.last,
            loyalty_card=_card_number(ordinal) if rng.random() < wants_card else None,
            opened=rng.random() < 0.6,
        )

    def _device(self) -> Device:
        world, rng = self._world, self._world.rng
        address = f"{rng.choice(_NETWORKS)}.{rng.randrange(1, 255)}"
        return Device(world.uuid(), any_browser(rng), address)


def _any_persona(rng: Random) -> Persona:
    return rng.choices(PERSONAS, [persona.share for persona in PERSONAS])[0]


def _card_number(ordinal: int) -> str:
    return f"46{(ordinal * 48_271_397) % 1_000_000_000:09d}"


def _share(relation: str, elder: Customer, younger: Customer, tablet: Device) -> None:
    if elder.account is None or younger.account is None:
        return
    if relation == "household_phone":
        younger.account.phone = elder.account.phone
    elif relation == "family_tablet":
        tablet.shared = True
        elder.devices.insert(0, tablet)
        younger.devices.insert(0, tablet)
    else:
        card = elder.account.loyalty_card or _card_number(int(elder.id[1:]) + 500_000_000)
        elder.account.loyalty_card = younger.borrowed_card = card
        younger.account.loyalty_card = None
