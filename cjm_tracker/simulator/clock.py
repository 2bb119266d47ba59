"""The daily and weekly rhythm of the shop, in its own time zone.

People browse in the evening, the call centre answers from Monday to Saturday, stores are busiest
on Saturday. What happened over the closed Sunday comes in on Monday morning, when waits are long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from cjm_tracker.simulator.shop import SHOP_TIME


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Relative activity by hour of the day and by day of the week, Monday first."""

    hours: tuple[int, ...]
    days: tuple[int, ...]


WEB = Rhythm(
    hours=(2, 1, 1, 0, 0, 1, 2, 4, 5, 6, 6, 6, 7, 6, 5, 5, 6, 7, 9, 11, 12, 11, 8, 4),
    days=(9, 8, 8, 8, 8, 9, 11),
)
CALLS = Rhythm(
    hours=(0,) * 8 + (8, 11, 12, 10, 7, 7, 8, 8, 8, 7, 5, 3) + (0,) * 4,
    days=(14, 10, 9, 9, 10, 5, 0),
)
STORE = Rhythm(
    hours=(0,) * 10 + (4, 6, 7, 6, 6, 7, 8, 10, 9, 6) + (0,) * 4,
    days=(6, 6, 6, 7, 9, 14, 9),
)

MONDAY = 0
_ASLEEP = 2  # nobody hurries to the website at an hour of so little activity
_LUNCH = (12, 13)
_USUAL_WAIT, _MONDAY_WAIT = 75.0, 430.0


def settle(rng: Random, moment: datetime, rhythm: Rhythm) -> datetime:
    """The next hour, not before `moment`, at which people tend to do such things."""
    local = moment.astimezone(SHOP_TIME)
    while True:
        weights = rhythm.hours[local.hour :]
        busy_day = rng.random() * max(rhythm.days) < rhythm.days[local.weekday()]
        if busy_day and any(weights):
            hour = local.hour + rng.choices(range(len(weights)), weights)[0]
            return max(moment, _within_hour(rng, local, hour))
        local = (local + timedelta(days=1)).replace(hour=0)


def when_open(rng: Random, moment: datetime, rhythm: Rhythm) -> datetime:
    """`moment` itself while they are open, else soon after the next opening."""
    local = moment.astimezone(SHOP_TIME)
    if _is_open(local, rhythm):
        return moment
    while not _is_open(local, rhythm):
        local = (local + timedelta(hours=1)).replace(minute=0, second=0)
    return local.astimezone(UTC) + timedelta(minutes=min(rng.expovariate(1 / 45), 240))


def queue_seconds(rng: Random, moment: datetime) -> float:
    """How long the call centre would let a caller wait at this moment."""
    local = moment.astimezone(SHOP_TIME)
    mean = _MONDAY_WAIT if local.weekday() == MONDAY else _USUAL_WAIT
    if local.hour in _LUNCH:
        mean *= 1.5
    return rng.expovariate(1 / mean)


def _is_open(local: datetime, rhythm: Rhythm) -> bool:
    return rhythm.hours[local.hour] > _ASLEEP and rhythm.days[local.weekday()] > 0


def _within_hour(rng: Random, local: datetime, hour: int) -> datetime:
    drawn = local.replace(
        hour=hour,
        minute=rng.randrange(60),
        second=rng.randrange(60),
        microsecond=rng.randrange(1000) * 1000,
    )
    return drawn.astimezone(UTC)
