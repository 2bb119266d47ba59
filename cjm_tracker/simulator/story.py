"""The life of one customer as it is lived: where he is in time, how he feels, what he did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from cjm_tracker.simulator.acts import Act
from cjm_tracker.simulator.clock import Rhythm, settle, when_open
from cjm_tracker.simulator.mood import Mood
from cjm_tracker.simulator.people import Customer
from cjm_tracker.simulator.world import World


@dataclass(frozen=True, slots=True)
class Journey:
    id: str
    started_at: datetime
    ended_at: datetime | None  # None while it is open
    intent: str
    outcome: str


@dataclass(slots=True)
class Story:
    world: World
    customer: Customer
    now: datetime
    mood: Mood = field(default_factory=Mood)
    acts: list[Act] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)

    @property
    def rng(self) -> Random:
        return self.world.rng

    @property
    def over(self) -> bool:
        return self.now >= self.world.end

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def keep(self, act: Act) -> None:
        """Write an act down, unless its record would be written after the end."""
        if act.arrives_at < self.world.end:
            self.acts.append(act)

    def tick(self, seconds: float) -> None:
        """A pause within one sitting, around so many seconds."""
        self.now += timedelta(milliseconds=int(1000 * (2 + self.rng.expovariate(1 / seconds))))

    def rest(self, days: float, rhythm: Rhythm) -> None:
        """Do something else for about so many days, then come at a usual hour."""
        later = self.now + timedelta(days=self.rng.expovariate(1 / days))
        self.now = settle(self.rng, later, rhythm)

    def hurry(self, hours: float, rhythm: Rhythm) -> None:
        """Act within about so many hours, or as soon as they open."""
        later = self.now + timedelta(hours=self.rng.expovariate(1 / hours))
        self.now = when_open(self.rng, later, rhythm)

    def close(self, first_act: int, intent: str, outcome: str) -> None:
        """Write down the journey which began with this act and has come to this outcome."""
        own = self.acts[first_act:]
        if not own:
            return
        self.journeys.append(
            Journey(
                id=f"{self.customer.id}-{len(self.journeys) + 1}",
                started_at=min(act.at for act in own),
                ended_at=None if self.over else self.now,
                intent=intent,
                outcome="open" if self.over else outcome,
            )
        )
