"""What all lives share: the period, the source of chance, counters and the in-store kiosks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from cjm_tracker.simulator.browsers import KIOSK_BROWSER
from cjm_tracker.simulator.people import Device
from cjm_tracker.simulator.shop import STORES

PERIOD = timedelta(days=90)
BROKEN_CHECKOUT = timedelta(days=50)  # the faulty checkout release, before the end


@dataclass(slots=True)
class World:
    rng: Random
    end: datetime
    dirty: bool
    kiosks: dict[str, Device] = field(default_factory=dict)
    _counters: Counter[str] = field(default_factory=Counter)

    @classmethod
    def create(cls, seed: int, end: datetime, dirty: bool) -> World:
        world = cls(Random(seed), end, dirty)
        for store in STORES:
            kiosk = Device(world.uuid(), KIOSK_BROWSER, "192.0.2.10", shared=True)
            world.kiosks[store.number] = kiosk
        return world

    @property
    def start(self) -> datetime:
        return self.end - PERIOD

    @property
    def checkout_breaks_at(self) -> datetime:
        return self.end - BROKEN_CHECKOUT

    def number(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        self._counters[kind] += 1
        return self._counters[kind]

    def uuid(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def hexadecimal(self, digits: int) -> str:
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"
