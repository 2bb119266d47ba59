"""Fills the world with people until their records make up the size asked for."""

from __future__ import annotations

from collections import Counter

from cjm_tracker.simulator.acts import Identifier, WebAct
from cjm_tracker.simulator.census import Census
from cjm_tracker.simulator.life import live
from cjm_tracker.simulator.noise import extra_records
from cjm_tracker.simulator.people import Customer
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.tills import TillDay, till_days
from cjm_tracker.simulator.world import World

_KNOWN_SHARE = 0.48  # of households; the others are anonymous visitors
_TOLERANCE = 0.01


class Population:
    """The lives admitted so far, and how many records they come to."""

    def __init__(self, world: World, events: int) -> None:
        self.stories: list[Story] = []
        self._world = world
        self._most = events * (1 + _TOLERANCE)
        self._enough = events * (1 - _TOLERANCE)
        self._counts: Counter[str] = Counter()
        self._till_days: set[TillDay] = set()

    @property
    def complete(self) -> bool:
        return self._size(self._counts, self._till_days) >= self._enough

    def admit(self, lives: list[Story]) -> bool:
        """Take in a household; False when there is no room for it.

        A clean world quietly passes over those whose records do not tell who they are.
        """
        acts = [act for story in lives for act in story.acts]
        counts = self._counts + Counter(act.source for act in acts)
        days = self._till_days | till_days(acts)
        if self._size(counts, days) > self._most:
            return False
        if not self._world.dirty and not all(_is_clear(story) for story in lives):
            return True
        self.stories += [story for story in lives if story.acts]
        self._counts, self._till_days = counts, days
        return True

    def _size(self, counts: Counter[str], days: set[TillDay]) -> int:
        sizes = counts + Counter(store=2 * len(days))  # a till is signed on and off every day
        return sum(sizes.values()) + (extra_records(sizes) if self._world.dirty else 0)


def populate(world: World, events: int) -> list[Story]:
    """Lives that come to about so many records."""
    census, population = Census(world), Population(world, events)
    room = True
    while not population.complete:
        household: list[Customer] = [census.visitor()]
        if room and world.rng.random() < _KNOWN_SHARE:
            household = census.household()
        # Once a long life does not fit any more, the rest is filled with short ones.
        room = population.admit([live(world, customer) for customer in household]) and room
    return population.stories


def _is_clear(story: Story) -> bool:
    """Whether the records alone suffice to tell that all this was one person."""
    if story.customer.account is None:
        return True
    cookies = {act.device.cookie for act in story.acts if isinstance(act, WebAct)}
    named = {act.device.cookie for act in story.acts if isinstance(act, WebAct) and act.login}
    return cookies == named and len(_groups(story)) <= 1


def _groups(story: Story) -> list[set[Identifier]]:
    """Identifiers joined by the records they appear in together."""
    groups: list[set[Identifier]] = []
    for act in story.acts:
        seen = set(act.identifiers())
        if not seen:
            continue
        apart = [group for group in groups if not group & seen]
        groups = [*apart, seen.union(*(group for group in groups if group & seen))]
    return groups
