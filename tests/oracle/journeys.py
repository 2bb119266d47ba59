"""From deliveries to journeys, step by step and one customer after the other, in plain Python.

1. Of the states of one event (source, id) the highest revision stands; of several payloads with
   that revision the one with the lowest fingerprint.
2. Identifiers and links come from every delivery, whatever became of its event. Who is who is
   `identity.who_is_who`. An event belongs to the customer of its first identifier.
3. Events are in the order of (time, the source's place in the mapping, id). In that order an event
   is of the account it names; else of the last one its customer's events named before it; else of
   the first one they name after it.
4. A journey ends after a touchpoint of `ends_at`, before one of `starts_at`, or when the gap from
   the end of one contact to the next is longer than the more patient channel of the two allows.
   Where that counts `only_from_start`, one that begins with another touchpoint is none: its
   touchpoints are outside.
5. A journey is open while no event of any source lies at or after the moment it would close.
6. A step is in the look-back window unless the next goal of its journey comes later than that.
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
    account: int = 0  # the one it names; 0 when it names none
    topic: str = ""


class Rules(NamedTuple):
    sources: list[str]
    of_accounts: bool
    stages: list[str]
    patience_ms: int
    patience_by_channel_ms: dict[str, int]
    goals: list[str]
    starts_at: list[str]
    only_from_start: bool
    ends_at: list[str]
    lookback_ms: int | None


class Cut(NamedTuple):
    """The rows of the views `steps` and `journeys`, and the number of touchpoints outside."""

    steps: list[dict[str, Any]]
    journeys: list[dict[str, Any]]
    outside: int


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


def cut(deliveries: list[Delivery], world: World, rules: Rules) -> Cut:
    """What becomes of the deliveries, without the definition's name and version."""
    who = places(deliveries, world)
    watermark = max((delivery.at for delivery in deliveries), default=0)
    steps: list[dict[str, Any]] = []
    journeys: list[dict[str, Any]] = []
    outside = 0
    for unit, events in _by_unit(deliveries, who, rules).items():
        found = _journeys(events, rules)
        inside = [one for one in found if not rules.only_from_start or _is_start(one[0][0], rules)]
        outside += len(events) - sum(len(journey) for journey, _ in inside)
        for number, (journey, reason) in enumerate(inside, 1):
            name = {"customer_id": unit, "journey_no": number}
            row = _journey(journey, reason, rules, watermark)
            state = {field: row[field] for field in ("is_open", "end_reason")}
            contacts = [customer_of(event, who) for event in journey]
            rows = zip(_steps(journey, rules), contacts, strict=True)
            steps += [name | step | state | {"contact": contact} for step, contact in rows]
            journeys.append(name | row)
    return Cut(steps, journeys, outside)


def _by_unit(
    deliveries: list[Delivery], who: dict[int, Place], rules: Rules
) -> dict[str, list[Delivery]]:
    """The touchpoints of each customer, or of each account, in order."""

    def order(event: Delivery) -> tuple[int, int, str]:
        return event.at, rules.sources.index(event.source), event.id

    theirs: dict[str, list[Delivery]] = defaultdict(list)
    for event in sorted(standing(deliveries), key=order):
        if customer := customer_of(event, who):
            theirs[customer].append(event)
    found: dict[str, list[Delivery]] = defaultdict(list)
    for customer, events in theirs.items():
        for place, event in enumerate(events):
            unit = _account(events, place) if rules.of_accounts else customer
            if event.touchpoint and unit:
                found[unit].append(event)
    return {unit: sorted(events, key=order) for unit, events in found.items()}


def _account(events: list[Delivery], place: int) -> str:
    """The account a customer's event belongs to; empty where none of them names any."""
    until = [event.account for event in events[: place + 1] if event.account]
    later = [event.account for event in events[place:] if event.account]
    nearest = until[-1:] or later[:1]
    return f"a{nearest[0]:016x}" if nearest else ""


def _is_start(event: Delivery, rules: Rules) -> bool:
    return event.touchpoint in rules.starts_at


def _journeys(events: list[Delivery], rules: Rules) -> list[tuple[list[Delivery], str]]:
    found: list[tuple[list[Delivery], str]] = []
    journey = [events[0]]
    for event in events[1:]:
        before = journey[-1]
        reason = ""
        if before.touchpoint in rules.ends_at:
            reason = "ended"
        elif _is_start(event, rules):
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
        goals = [later.at for later in journey[position - 1 :] if later.touchpoint in rules.goals]
        to_goal = goals[0] - event.at if goals else None
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
                "topic": event.topic,
                "previous_touchpoint": before.touchpoint if before else "",
                "seconds_since_previous": (event.at - before.at) / 1000 if before else None,
                "loop_no": seen[event.touchpoint],
                "is_handoff": int(before is not None and before.channel != event.channel),
                "seconds_to_goal": None if to_goal is None else to_goal / 1000,
                "in_lookback": int(
                    to_goal is None or rules.lookback_ms is None or to_goal <= rules.lookback_ms
                ),
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
        "times": [event.at for event in journey],
        "sources": [event.source for event in journey],
        "event_ids": [event.id for event in journey],
        "channels": [event.channel for event in journey],
        "stages": [event.stage for event in journey],
        "stage_nos": [_stage_no(event, rules) for event in journey],
        "outcomes": [event.outcome for event in journey],
        "waits_s": [event.wait_s for event in journey],
        "emotions": [event.emotion for event in journey],
        # Its events come without scores: what they feel was read.
        "are_read": [int(event.emotion is not None) for event in journey],
        "topics": [event.topic for event in journey],
        "path_text": " > ".join(compact),
        "value": sum((event.value or Decimal(0) for event in journey), Decimal(0)),
        "emotion": sum(known) / len(known) if known else None,
        "duration_s": (last.at - journey[0].at) / 1000,
    }
