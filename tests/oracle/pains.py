"""Pain points and what became of fixes, journey by journey, over rows of the view `journeys`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import mean, variance
from typing import Any

from scipy.stats import binomtest

from .measures import Row, ms, quantile

AT_STAGE = ("drops", "returns", "rates_low")  # counted once a journey, for those without
Key = tuple[str, str, str]


def is_awaited(journey: Row, complete_to: int) -> bool:
    return journey["end_reason"] in ("", "inactivity") and ms(journey["closes_at"]) > complete_to


def goal_place(journey: Row, goals: list[str]) -> int:
    names = list(journey["path"])
    return min((names.index(goal) for goal in goals if goal in names), default=len(names))


def came_to(
    journey: Row, place: int, goals: list[str], returned: list[str]
) -> Iterator[tuple[str, bool]]:
    """What could have followed the contact at that place, and whether it did."""
    if place < goal_place(journey, goals):
        yield "drops", not journey["is_converted"]
    later = list(zip(journey["outcomes"], journey["path"], strict=True))[place + 1 :]
    yield "returns", any(outcome in returned or name in returned for outcome, name in later)
    moods = [mood for mood in journey["emotions"][place:] if mood is not None]
    if moods:
        yield "rates_low", moods[0] < 0


def met(journey: Row, places: list[int], patience: float | None) -> Iterator[tuple[str, bool]]:
    """What could have happened at a touchpoint of a stage, by all places of it there."""
    wait, outcome = journey["waits_s"][places[0]], journey["outcomes"][places[0]]
    if wait is not None:
        yield "waits", patience is not None and wait > patience
    if outcome:
        yield "abandons", outcome == "abandoned"
    yield "repeats", len(places) > 1


def pains(
    journeys: Iterable[Row], goals: list[str], returned: list[str], complete_to: int
) -> dict[Key, dict[str, Any]]:
    """By touchpoint, stage and kind: those with it and those without."""
    closed = [journey for journey in journeys if not is_awaited(journey, complete_to)]
    at: dict[str, list[tuple[Row, dict[str, list[int]]]]] = defaultdict(list)
    waits: dict[str, list[float]] = defaultdict(list)
    for journey in closed:
        for stage in set(journey["stages"]):
            here: dict[str, list[int]] = defaultdict(list)
            for place, name in enumerate(journey["path"]):
                if journey["stages"][place] == stage:
                    here[name].append(place)
            at[stage].append((journey, here))
            known = [journey["waits_s"][places[0]] for places in here.values()]
            waits[stage] += [wait for wait in known if wait is not None]
    found = {}
    for stage, visits in at.items():
        patience = quantile(waits[stage], 0.9)
        for touchpoint in {name for _, here in visits for name in here}:
            having: dict[str, list[tuple[str, bool]]] = defaultdict(list)
            others: dict[str, list[bool]] = defaultdict(list)
            for journey, here in visits:
                if touchpoint in here:
                    places = here[touchpoint]
                    for kind, is_harmed in (
                        *came_to(journey, places[0], goals, returned),
                        *met(journey, places, patience),
                    ):
                        having[kind].append((journey["customer_id"], is_harmed))
                    continue
                first = min(places[0] for places in here.values())
                for kind, is_harmed in came_to(journey, first, goals, returned):
                    others[kind].append(is_harmed)
                for places in here.values():
                    for kind, is_harmed in met(journey, places, patience):
                        others[kind].append(is_harmed)
            for kind, each in having.items():
                found[touchpoint, stage, kind] = {
                    "customers": len({customer for customer, _ in each}),
                    "harmed_customers": len({customer for customer, harmed in each if harmed}),
                    "journeys": len(each),
                    "harmed": sum(harmed for _, harmed in each),
                    "other_journeys": len(others[kind]),
                    "other_harmed": sum(others[kind]),
                }
    return found


def newcombe(x: int, n: int, other_x: int, other_n: int) -> tuple[float, float]:
    """The interval of a difference of two shares."""
    one, two = (
        binomtest(x, n).proportion_ci(method="wilson"),
        binomtest(other_x, other_n).proportion_ci(method="wilson"),
    )
    p, q = x / n, other_x / other_n
    down = math.hypot(p - one.low, two.high - q)
    return p - q - down, p - q + math.hypot(one.high - p, q - two.low)


def before_after(
    journeys: Iterable[Row],
    is_exposed: Any,
    value: Any,
    is_share: bool,
    fixed_at: int,
    days: int,
    complete_to: int,
) -> dict[str, Any]:
    """The four groups, what is in none of them, and the change with its interval."""
    length = max(0, min(days * 86_400_000, complete_to - fixed_at))
    groups: dict[tuple[bool, bool], list[float]] = defaultdict(list)
    counts = {"straddling": 0, "not_yet": 0, "unknown": 0}
    for journey in journeys:
        start, end = ms(journey["started_at"]) - fixed_at, ms(journey["ended_at"]) - fixed_at
        if not -length <= start < length:
            continue
        if is_awaited(journey, complete_to):
            counts["not_yet"] += 1
        elif (start < 0) != (end < 0) or end >= length:
            counts["straddling"] += 1
        elif value(journey) is None:
            counts["unknown"] += 1
        else:
            groups[is_exposed(journey), start >= 0].append(float(value(journey)))
    four = [groups[exposed, after] for exposed in (True, False) for after in (False, True)]
    found: dict[str, Any] = {**counts, "n": [len(each) for each in four]}
    if min(found["n"]) > 1:
        means = [mean(each) for each in four]
        error = 0.0
        for each in four:
            share = (sum(each) + 1) / (len(each) + 2)
            error += (share * (1 - share) if is_share else variance(each)) / len(each)
        found["change"] = means[1] - means[0] - (means[3] - means[2])
        found["margin"] = 1.96 * math.sqrt(error)
    return found
