"""From deliveries to journeys, step by step and one customer after the other, in plain Python.

1. Of the states of one event (source, id) the highest revision stands; of several payloads with
   that revision the one with the lowest fingerprint.
2. Identifiers and links come from every delivery, whatever became of its event. Who is who is
   `identity.who_is_who`. An event belongs to the customer of its first identifier.
3. A customer's touchpoints are in the order of (time, the source's place in the mapping, id).
4. A journey ends after a touchpoint of `ends_at`, before one of `starts_at`, or when the gap from
   the end of one contact to the next is longer than the more patient channel of the two allows.
5. A journey is open while no event of any source lies at or after the moment it would close.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import Any, NamedTuple

from . import identity
from .identity import Place, Seen, who_is_who

LATEST = 10_413_791_999_999  # 2299-12-31, the last moment a column of times can hold


class Delivery(NamedTuple):
    """One state of one event, as it was delivered."""

    source: str
    id: str
    at: int
    numbers: tuple[int, ...]  # first-ranked first
    touchpoint: str  # empty: unmapped or dropped
    channel: str
    stage: str
    outcome: str
    value: Decimal | None
    wait_s: float | None
    duration_s: float | None
    emotion: float | None
    revision: int
    fingerprint: int


class Rules(NamedTuple):
    sources: list[str]
    stages: list[str]
    patience_ms: int
    patience_by_channel_ms: dict[str, int]
    goals: list[str]
    starts_at: list[str]
    ends_at: list[str]


def standing(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The one state of each event that counts."""
    states: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        states[delivery.source, delivery.id].append(delivery)
    return [
        min(group, key=lambda one: (-one.revision, one.fingerprint)) for group in states.values()
    ]


class World(NamedTuple):
    """What is known of identifiers beside their links."""

    kinds: dict[int, str]
    rules: identity.Rules
    apart: dict[int, str] = {}
    included: tuple[tuple[int, int], ...] = ()
    excluded: tuple[tuple[int, int], ...] = ()


def places(deliveries: Iterable[Delivery], world: World) -> dict[int, Place]:
    first_seen: dict[int, int] = {}
    links: list[tuple[int, int, int]] = []
    for delivery in deliveries:
        for number in delivery.numbers:
            first_seen[number] = min(delivery.at, first_seen.get(number, delivery.at))
        links += [(one, other, delivery.at) for one, other in combinations(delivery.numbers, 2)]
    everyone = [
        Seen(number, world.kinds[number], at, world.apart.get(number, ""))
        for number, at in first_seen.items()
    ]
    return who_is_who(everyone, links, world.rules, world.included, world.excluded)


def customer_of(delivery: Delivery, who: dict[int, Place]) -> str:
    """The customer's id; empty where the event has no identifier or a public one."""
    return named(who[delivery.numbers[0]].founder) if delivery.numbers else ""


def named(founder: int) -> str:
    return f"c{founder:016x}" if founder else ""


def steps_and_journeys(
    deliveries: list[Delivery], world: World, rules: Rules
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the views `steps` and `journeys`, without the definition's name."""
    who = places(deliveries, world)
    theirs: dict[str, list[Delivery]] = defaultdict(list)
    for event in standing(deliveries):
        if event.touchpoint and (customer := customer_of(event, who)):
            theirs[customer].append(event)
    watermark = max((delivery.at for delivery in deliveries), default=0)
    steps: list[dict[str, Any]] = []
    journeys: list[dict[str, Any]] = []
    for customer, events in theirs.items():
        events.sort(key=lambda event: (event.at, rules.sources.index(event.source), event.id))
        for number, (journey, reason) in enumerate(_cut(events, rules), 1):
            name = {"customer_id": customer, "journey_no": number}
            steps += [name | step for step in _steps(journey, rules)]
            journeys.append(name | _journey(journey, reason, rules, watermark))
    return steps, journeys


def _cut(events: list[Delivery], rules: Rules) -> list[tuple[list[Delivery], str]]:
    found: list[tuple[list[Delivery], str]] = []
    journey = [events[0]]
    for event in events[1:]:
        before = journey[-1]
        reason = ""
        if before.touchpoint in rules.ends_at:
            reason = "ended"
        elif event.touchpoint in rules.starts_at:
            reason = "new_start"
        elif event.at - _end(before) > max(_patience(before, rules), _patience(event, rules)):
            reason = "inactivity"
        if reason:
            found.append((journey, reason))
            journey = []
        journey.append(event)
    found.append((journey, "ended" if journey[-1].touchpoint in rules.ends_at else ""))
    return found


def _end(event: Delivery) -> int:
    lasted = event.duration_s if event.duration_s and event.duration_s > 0 else 0
    return event.at + int(lasted * 1000)


def _patience(event: Delivery, rules: Rules) -> int:
    return rules.patience_by_channel_ms.get(event.channel, rules.patience_ms)


def _stage_no(event: Delivery, rules: Rules) -> int:
    return rules.stages.index(event.stage) + 1 if event.stage in rules.stages else 0


def _steps(journey: list[Delivery], rules: Rules) -> list[dict[str, Any]]:
    rows = []
    seen: Counter[str] = Counter()
    for position, event in enumerate(journey, 1):
        before = journey[position - 2] if position > 1 else None
        seen[event.touchpoint] += 1
        rows.append(
            {
                "position": position,
                "occurred_at": event.at,
                "touchpoint": event.touchpoint,
                "channel": event.channel,
                "stage": event.stage,
                "stage_no": _stage_no(event, rules),
                "source": event.source,
                "event_id": event.id,
                "outcome": event.outcome,
                "value": event.value,
                "wait_s": event.wait_s,
                "duration_s": event.duration_s,
                "emotion": event.emotion,
                "previous_touchpoint": before.touchpoint if before else "",
                "seconds_since_previous": (event.at - before.at) / 1000 if before else None,
                "loop_no": seen[event.touchpoint],
                "is_handoff": int(before is not None and before.channel != event.channel),
            }
        )
    return rows


def _journey(journey: list[Delivery], reason: str, rules: Rules, watermark: int) -> dict[str, Any]:
    last = journey[-1]
    closes = _end(last)
    if last.touchpoint not in rules.ends_at:
        closes += _patience(last, rules)
    closes = min(closes, LATEST)
    known = [event.emotion for event in journey if event.emotion is not None]
    path = [event.touchpoint for event in journey]
    compact = [name for place, name in enumerate(path) if place == 0 or path[place - 1] != name]
    is_open = reason == "" and closes > watermark
    return {
        "started_at": journey[0].at,
        "ended_at": last.at,
        "closes_at": closes,
        "is_open": int(is_open),
        "end_reason": reason or ("" if is_open else "inactivity"),
        "is_converted": int(any(name in rules.goals for name in path)),
        "converted_at": next(
            (event.at for event in journey if event.touchpoint in rules.goals), None
        ),
        "step_count": len(journey),
        "path": path,
        "sources": [event.source for event in journey],
        "channels": [event.channel for event in journey],
        "stages": [event.stage for event in journey],
        "stage_nos": [_stage_no(event, rules) for event in journey],
        "path_text": " > ".join(compact),
        "value": sum((event.value or Decimal(0) for event in journey), Decimal(0)),
        "emotion": sum(known) / len(known) if known else None,
        "duration_s": (last.at - journey[0].at) / 1000,
    }
